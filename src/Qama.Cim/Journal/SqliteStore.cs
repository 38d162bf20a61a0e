using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Qama.Cim.Journal;

/// <summary>A file of one program: nobody can take it over while it is open.</summary>
internal sealed class SqliteStore : IJournalStore
{
    private readonly SqliteConnection _connection;
    private readonly FileStream? _lock;
    private readonly bool _isCopy;
    private SqliteTransaction? _transaction;

    /// <exception cref="CimJournalException">See <see cref="JournalFile.Open"/>.</exception>
    public SqliteStore(string path) => (_connection, _lock) = JournalFile.Open(path);

    /// <summary>A store of a copy, which is only read.</summary>
    public SqliteStore(SqliteConnection copy) => (_connection, _isCopy) = (copy, true);

    /// <inheritdoc/>
    public bool IsOwner => true;

    /// <inheritdoc/>
    public Task TransactAsync(bool isWriting, Action operations)
    {
        if (isWriting && _isCopy)
        {
            throw new CimJournalException(
                "This is a copy of a journal, which is only read: what was to be recorded would be lost.");
        }

        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _transaction = transaction;
            operations();
            transaction.Commit();
        }
        catch (Exception e)
        {
            throw JournalFile.Error(e, _connection.DataSource ?? "");
        }
        finally
        {
            _transaction = null;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public DbCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        return command;
    }

    /// <inheritdoc/>
    public void Add(DbCommand command, string name, object value) => ((SqliteCommand)command).Parameters.AddWithValue(name, value);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        if (_lock is not null)
        {
            await _lock.DisposeAsync().ConfigureAwait(false);
        }
    }
}
