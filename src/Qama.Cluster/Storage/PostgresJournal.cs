using Qama.Cim.Journal;

namespace Qama.Cluster.Storage;

/// <summary>The journal of a machine account in PostgreSQL: the rules of <see cref="CimJournal"/>, kept among several owners.</summary>
public static class PostgresJournal
{
    /// <summary>Opens the journal of an account and takes it over: tasks that another owner is submitting become
    /// <see cref="JournalState.Unknown"/>, and it can claim none any more. What it still learns of tasks that it was submitting it
    /// may record.</summary>
    /// <remarks>
    /// The tables are in a schema of their own, <c>qama_machine_</c> and the account's name, made if it does not exist. A connection
    /// that breaks, in a commit too, and a server that is restarted are waited for; an operation is done once however often its
    /// connection breaks.
    /// </remarks>
    /// <param name="connectionString">Npgsql's connection string.</param>
    /// <param name="account">The account: 1 to 40 of a to z, 0 to 9, '-' and '_'.</param>
    /// <param name="maxWait">The time for which an operation waits for the database, positive; null for 2 minutes.</param>
    /// <param name="time">The clock of what is recorded; null for the computer's.</param>
    /// <exception cref="ArgumentException">The account's name or the time is out of range, or the connection string cannot be
    /// read.</exception>
    /// <exception cref="CimJournalException">The database cannot be used, or has another version of the tables.</exception>
    public static async Task<CimJournal> OpenAsync(
        string connectionString, string account, TimeSpan? maxWait = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        CheckAccount(account);
        TimeSpan wait = maxWait ?? TimeSpan.FromMinutes(2);
        if (wait <= TimeSpan.Zero || wait > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"Expected a positive time of at most a day, got {wait}.", nameof(maxWait));
        }

        var store = new PostgresStore(connectionString, account, wait);
        try
        {
            await store.PrepareAsync().ConfigureAwait(false);
            await store.TransactAsync(isWriting: true, () => { }).ConfigureAwait(false);
            return new CimJournal(store, time ?? TimeProvider.System);
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <exception cref="ArgumentException">It is no name of an account.</exception>
    internal static void CheckAccount(string account)
    {
        if (account is not { Length: >= 1 and <= 40 }
            || !account.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException(
                $"Expected an account's name of 1 to 40 of a to z, 0 to 9, '-' and '_', got '{account}'.", nameof(account));
        }
    }
}
