using Npgsql;
using Qama.Cim.Journal;
using Qama.Cim.Tests;
using Qama.Cluster.Storage;

namespace Qama.Cluster.Tests.Storage;

/// <summary>The journal's rules in PostgreSQL: those of a file.</summary>
public sealed class PostgresJournalTests : JournalRules
{
    private static readonly Lazy<string> Database = new(PostgresServer.Shared.CreateDatabase);
    private readonly string _test = Guid.NewGuid().ToString("N")[..8];

    [JournalFact]
    public async Task Accounts_of_one_database_know_nothing_of_each_other()
    {
        await using CimJournal one = await OpenAsync("one");
        await using CimJournal other = await OpenAsync("other");
        await one.PrepareAsync(SomeTask);
        Assert.True(await one.ClaimAsync(SomeTask.Key, [], 1));
        Assert.Empty(await other.ListAsync());
        await other.PrepareAsync(SomeTask);
        Assert.True(await other.ClaimAsync(SomeTask.Key, [], 1));
    }

    [JournalFact]
    public async Task What_cannot_be_opened_says_why()
    {
        foreach (string account in new[] { "", "A", "a b", "a\"", new string('a', 41), "ü" })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => PostgresJournal.OpenAsync(Database.Value, account));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => PostgresJournal.OpenAsync(Database.Value, "a", TimeSpan.Zero));
        string wrong = new NpgsqlConnectionStringBuilder(Database.Value) { Database = "nowhere", Password = "s3cr3t-not-told" }.ToString();
        CimJournalException e = await Assert.ThrowsAsync<CimJournalException>(() => PostgresJournal.OpenAsync(wrong, "a"));
        Assert.Contains("database nowhere) cannot be used", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", e.ToString(), StringComparison.Ordinal);
        string closed = new NpgsqlConnectionStringBuilder(Database.Value) { Port = FreePorts.Next() }.ToString();
        e = await Assert.ThrowsAsync<CimJournalException>(() => PostgresJournal.OpenAsync(closed, "a", TimeSpan.FromSeconds(0.5)));
        Assert.Contains("did not answer for 0.5 s", e.Message, StringComparison.Ordinal);
        await using (await OpenAsync("version"))
        {
        }

        await ChangeAsync("version", "UPDATE journal SET version = 77");
        e = await Assert.ThrowsAsync<CimJournalException>(() => OpenAsync("version"));
        Assert.Contains("in version 1, got version 77", e.Message, StringComparison.Ordinal);
    }

    [JournalFact]
    public async Task Many_open_an_account_for_the_first_time_together()
    {
        CimJournal[] journals = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync("together")));
        try
        {
            Exception?[] refused = await Task.WhenAll(journals.Select(j => Record.ExceptionAsync(() => j.PrepareAsync(SomeTask))));

            // Whoever came before the task was there may read it; one could write it.
            Assert.Contains(null, refused);
            Assert.Single(await journals[0].ListAsync());
            Assert.Equal(5, journals.Count(j => j.IsReplaced) + journals.Count(j => !j.IsReplaced) - 1);
        }
        finally
        {
            foreach (CimJournal journal in journals)
            {
                await journal.DisposeAsync();
            }
        }
    }

    protected override Task<CimJournal> OpenAsync(string name, TimeProvider? time = null) =>
        PostgresJournal.OpenAsync(Database.Value, Account(name), TimeSpan.FromMinutes(1), time);

    protected override async Task ChangeAsync(string name, string sql)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(Database.Value);
        await using NpgsqlCommand command = source.CreateCommand($"SET search_path TO \"qama_machine_{Account(name)}\"; {sql}");
        await command.ExecuteNonQueryAsync();
    }

    protected override string Bytes(string hexadecimal) => $"'\\x{hexadecimal}'::bytea";

    private string Account(string name) => $"{_test}-{name}".ToLowerInvariant();
}
