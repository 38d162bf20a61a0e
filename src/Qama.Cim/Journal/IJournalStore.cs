using System.Data.Common;

namespace Qama.Cim.Journal;

/// <summary>The database behind a journal. The rules, and the SQL that says them, are those of <see cref="CimJournal"/> whatever
/// the database: it has the tables <c>tasks</c> and <c>submissions</c>, <c>@name</c> for parameters, and <c>RETURNING</c>.</summary>
internal interface IJournalStore : IAsyncDisposable
{
    /// <summary>Whether no other owner has taken the journal over; only in a transaction that writes.</summary>
    bool IsOwner { get; }

    /// <summary>Runs operations in one transaction; completes when it is committed. They may be run several times, of which one
    /// counts.</summary>
    /// <param name="isWriting">Whether they may change something.</param>
    /// <param name="operations">Uses <see cref="Command"/>; what it throws rolls everything back.</param>
    /// <exception cref="CimJournalException">The database cannot be used; whether anything was committed may be unknown.</exception>
    Task TransactAsync(bool isWriting, Action operations);

    /// <summary>A command of the present transaction.</summary>
    DbCommand Command(string sql);

    /// <summary>Adds a parameter.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">Its name, with the sign before it.</param>
    /// <param name="value">A text, an integer, bytes or <see cref="DBNull"/>.</param>
    void Add(DbCommand command, string name, object value);
}
