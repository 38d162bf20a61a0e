using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cim.Tests;

/// <summary>A copy of a journal, to be read while another program uses it.</summary>
public class SnapshotTests
{
    [Fact]
    public async Task A_copy_of_a_journal_in_use_has_what_was_committed_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal.db");
        await using CimJournal journal = CimJournal.Open(path);
        await journal.PrepareAsync(Some(1));
        Assert.True(await journal.ClaimAsync(Some(1).Key, [], null));
        string[] before = [.. Directory.GetFiles(folder.Path).Order()];
        await using (CimJournal copy = await CimJournal.OpenSnapshotAsync(path))
        {
            JournalEntry entry = Assert.Single(await copy.ListAsync());
            Assert.Equal((JournalState.Submitted, 1), (entry.State, entry.Submissions)); // its program has not ended
            Assert.Equal(1, await copy.SubmittedTodayAsync());
            CimJournalException e = await Assert.ThrowsAsync<CimJournalException>(() => copy.PrepareAsync(Some(2)));
            Assert.Contains("only read", e.Message, StringComparison.Ordinal);
            await journal.AcceptAsync(Some(1).Key, "17");
            Assert.Equal(JournalState.Submitted, Assert.Single(await copy.ListAsync()).State);
        }

        Assert.Equal(before, Directory.GetFiles(folder.Path).Order());
        await using CimJournal later = await CimJournal.OpenSnapshotAsync(path);
        Assert.Equal("17", Assert.Single(await later.ListAsync()).TaskId);
    }

    /// <summary>Tasks are recorded one after another: whatever a copy has, it has all that came before.</summary>
    [Fact]
    public async Task Copies_made_while_it_is_written_are_of_one_moment_each()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal.db");
        await using CimJournal journal = CimJournal.Open(path);
        const int Tasks = 300;
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Tasks; i++)
            {
                await journal.PrepareAsync(Some(i));
                Assert.True(await journal.ClaimAsync(Some(i).Key, [], null));
                await journal.AcceptAsync(Some(i).Key, $"{i}");
            }
        });
        int least = 0;
        while (!writing.IsCompleted)
        {
            try
            {
                await using CimJournal copy = await CimJournal.OpenSnapshotAsync(path);
                IReadOnlyList<JournalEntry> entries = await copy.ListAsync();
                Assert.InRange(entries.Count, least, Tasks);
                least = entries.Count;
                Assert.Equal(Enumerable.Range(0, least).Select(i => Some(i).Key), entries.Select(e => e.Key));
                Assert.All(entries.SkipLast(1), e => Assert.Equal((JournalState.Running, 1), (e.State, e.Submissions)));
                Assert.InRange(await copy.SubmittedTodayAsync(), Math.Max(0, least - 1), least);
            }
            catch (CimJournalException e) when (e.Message.EndsWith("it changes all the time", StringComparison.Ordinal))
            {
                // A writer that never rests: there is no moment to copy.
            }
        }

        await writing;
        await using CimJournal last = await CimJournal.OpenSnapshotAsync(path);
        Assert.Equal(Tasks, (await last.ListAsync()).Count);
    }

    [Theory]
    [InlineData("missing", "there is no such journal.")]
    [InlineData("empty", "is a database, but not a journal")]
    [InlineData("text", "is damaged or not a journal")]
    public async Task What_is_no_journal_is_refused_and_none_is_made(string kind, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "journal.db");
        if (kind != "missing")
        {
            File.WriteAllText(path, kind == "text" ? "hello" : "");
        }

        CimJournalException e = await Assert.ThrowsAsync<CimJournalException>(() => CimJournal.OpenSnapshotAsync(path));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.Equal(kind == "missing" ? [] : [path], Directory.GetFiles(folder.Path));
    }

    private static MachineTask Some(int i) => new()
    {
        Key = i.ToString("x64", System.Globalization.CultureInfo.InvariantCulture), Name = $"qama-{i}",
        Machine = "CPQC-550",
        Form = UploadForm.Ising, SpinCount = 9,
    };
}
