using Microsoft.Data.Sqlite;
using Qama.Cim.Journal;

namespace Qama.Cim.Tests;

/// <summary>The journal's rules in a file.</summary>
public sealed class FileJournalTests : JournalRules, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_file_of_an_older_program_gains_what_it_lacks_and_stays_readable_for_it()
    {
        await using (CimJournal journal = await OpenAsync("older"))
        {
            await journal.PrepareAsync(SomeTask);
            Assert.True(await journal.ClaimAsync(SomeTask.Key, [], null));
            await journal.AcceptAsync(SomeTask.Key, "7");
        }

        await ChangeAsync("older", "ALTER TABLE submissions DROP COLUMN caller");
        await using (CimJournal journal = await OpenAsync("older"))
        {
            Assert.Equal(JournalState.Running, Assert.Single(await journal.ListAsync()).State);
            Assert.Equal(1, (await journal.SubmittedTodayByCallerAsync())[""]);
        }

        // What the older program writes.
        await ChangeAsync("older", $"INSERT INTO submissions (key, day) VALUES ('{SomeTask.Key}', 99999999)");
        await using CimJournal again = await OpenAsync("older");
        Assert.Equal(2, await again.SubmittedTodayAsync());
    }

    public void Dispose() => _folder.Dispose();

    protected override Task<CimJournal> OpenAsync(string name, TimeProvider? time = null) => Task.FromResult(CimJournal.Open(File(name), time));

    protected override Task ChangeAsync(string name, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File(name)};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return Task.CompletedTask;
    }

    private string File(string name) => Path.Combine(_folder.Path, "deep", name + ".db");
}

/// <summary>A test of a journal, with the store of this project: a file.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JournalFactAttribute : FactAttribute;

/// <inheritdoc cref="JournalFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JournalTheoryAttribute : TheoryAttribute;
