using System.Text;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cim.Tests;

/// <summary>What holds for a journal, whatever keeps it. The tests of each store inherit this.</summary>
public abstract class JournalRules
{
    protected static readonly MachineTask SomeTask = new()
    {
        Key = new string('a', 64), Name = "qama-aaaaaaaaaaaa", Machine = "CPQC-550", Form = UploadForm.Ising, SpinCount = 9,
    };

    protected static readonly sbyte[] Row = [1, -1, 1, -1, -1, 1, 1, -1, 1];

    private static readonly MachineAnswer _answer = new() { State = MachineState.Done, Rows = [Row], ReportedEnergies = [-7.5] };

    /// <summary>Opens the journal of a name: the same one each time.</summary>
    protected abstract Task<CimJournal> OpenAsync(string name, TimeProvider? time = null);

    /// <summary>Changes the store of a journal that nobody has open.</summary>
    protected abstract Task ChangeAsync(string name, string sql);

    [JournalFact]
    public async Task Every_state_survives_a_restart()
    {
        MachineTask[] tasks = [.. "abcdef".Select(c => SomeTask with { Key = new string(c, 64), Name = $"task-{c}" })];
        await using (CimJournal journal = await OpenAsync("states"))
        {
            await Task.WhenAll(tasks.Select(journal.PrepareAsync));
            foreach (MachineTask task in tasks[1..])
            {
                Assert.True(await journal.ClaimAsync(task.Key, [], null));
            }

            await journal.AcceptAsync(tasks[2].Key, "id 2");
            await journal.AcceptAsync(tasks[3].Key, "id 3");
            await journal.CompleteAsync(tasks[3].Key, _answer);
            await journal.EndAsync(tasks[4].Key, JournalState.Failed, "refused");
            await journal.EndAsync(tasks[5].Key, JournalState.Unknown, "the connection broke");
        }

        await using CimJournal again = await OpenAsync("states");
        IReadOnlyList<JournalEntry> entries = await again.ListAsync();
        Assert.Equal(
            [JournalState.Prepared, JournalState.Unknown, JournalState.Running, JournalState.Done, JournalState.Failed, JournalState.Unknown],
            entries.OrderBy(e => e.Key).Select(e => e.State));
        JournalEntry done = (await again.FindAsync(tasks[3].Key))!;
        Assert.Equal(Row, Assert.Single(done.Rows));
        Assert.Equal(-7.5, Assert.Single(done.ReportedEnergies));
        Assert.Contains("ended while", (await again.FindAsync(tasks[1].Key))!.Reason, StringComparison.Ordinal);
        Assert.False(await again.ClaimAsync(tasks[1].Key, [], null));
        Assert.False(await again.ClaimAsync(tasks[3].Key, [JournalState.Failed, JournalState.Unknown], null));
        Assert.Equal(5, await again.SubmittedTodayAsync());
    }

    [JournalFact]
    public async Task A_released_task_counts_as_not_submitted()
    {
        await using CimJournal journal = await OpenAsync("released");
        await journal.PrepareAsync(SomeTask);
        await journal.ClaimAsync(SomeTask.Key, [], 1);
        await journal.ReleaseAsync(SomeTask.Key, "busy");
        Assert.Equal((JournalState.Prepared, 0), ((await journal.FindAsync(SomeTask.Key))!.State, await journal.SubmittedTodayAsync()));
        Assert.True(await journal.ClaimAsync(SomeTask.Key, [], 1));
        await journal.EndAsync(SomeTask.Key, JournalState.Unknown, "the connection broke");
        await journal.ReleaseAsync(SomeTask.Key, "too late");
        Assert.Equal((JournalState.Unknown, 1), ((await journal.FindAsync(SomeTask.Key))!.State, await journal.SubmittedTodayAsync()));
    }

    [JournalFact]
    public async Task Of_many_claims_at_the_same_time_one_succeeds()
    {
        await using CimJournal journal = await OpenAsync("claims");
        await journal.PrepareAsync(SomeTask);
        bool[] claims = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => journal.ClaimAsync(SomeTask.Key, [], null)));
        Assert.Single(claims, c => c);
    }

    [JournalFact]
    public async Task A_task_that_is_not_there_or_is_done_cannot_be_ended_and_keeps_its_answer()
    {
        await using CimJournal journal = await OpenAsync("ended");
        await Assert.ThrowsAsync<CimJournalException>(() => journal.EndAsync(SomeTask.Key, JournalState.Unknown, "given up"));
        await Assert.ThrowsAsync<CimJournalException>(() => journal.AcceptAsync(SomeTask.Key, "1"));
        await Assert.ThrowsAsync<CimJournalException>(() => journal.CompleteAsync(SomeTask.Key, _answer));
        await journal.PrepareAsync(SomeTask);
        await journal.CompleteAsync(SomeTask.Key, _answer);
        await Assert.ThrowsAsync<CimJournalException>(() => journal.EndAsync(SomeTask.Key, JournalState.Failed, "by mistake"));
        await Assert.ThrowsAsync<CimJournalException>(() => journal.AcceptAsync(SomeTask.Key, "2"));
        await Assert.ThrowsAsync<ArgumentException>(() => journal.EndAsync(SomeTask.Key, JournalState.Done, ""));
        await journal.CompleteAsync(SomeTask.Key, _answer with { Rows = [[.. Row.Select(s => (sbyte)-s)]] });
        JournalEntry entry = (await journal.FindAsync(SomeTask.Key))!;
        Assert.Equal(JournalState.Done, entry.State);
        Assert.Equal(Row, Assert.Single(entry.Rows));
    }

    [JournalTheory]
    [InlineData("state", "77")]
    [InlineData("form", "-1")]
    [InlineData("spins", "0")]
    [InlineData("spins", "99999999999")]
    [InlineData("rows", "0102030405")]
    [InlineData("energies", "01")]
    public async Task A_damaged_line_is_told_and_the_journal_goes_on(string column, string value)
    {
        string name = $"damaged{column}{value}";
        MachineTask other = SomeTask with { Key = new string('b', 64) };
        await using (CimJournal journal = await OpenAsync(name))
        {
            await journal.PrepareAsync(SomeTask);
            await journal.CompleteAsync(SomeTask.Key, _answer);
        }

        await ChangeAsync(name, $"UPDATE tasks SET {column} = {(column is "rows" or "energies" ? Bytes(value) : value)}");
        await using CimJournal again = await OpenAsync(name);
        CimJournalException e = await Assert.ThrowsAsync<CimJournalException>(() => again.FindAsync(SomeTask.Key));
        Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
        Assert.Equal(JournalState.Prepared, (await again.PrepareAsync(other)).State);
    }

    [JournalFact]
    public async Task A_clock_that_is_set_back_gives_no_new_budget()
    {
        var clock = new JournalClock();
        await using CimJournal journal = await OpenAsync("clock", clock);
        MachineTask other = SomeTask with { Key = new string('b', 64) };
        await journal.PrepareAsync(SomeTask);
        await journal.PrepareAsync(other);
        await journal.ClaimAsync(SomeTask.Key, [], 1);
        clock.Now -= TimeSpan.FromDays(3);
        await Assert.ThrowsAsync<CimBudgetException>(() => journal.ClaimAsync(other.Key, [], 1));
        Assert.Equal(JournalState.Prepared, (await journal.FindAsync(other.Key))!.State);
        clock.Now += TimeSpan.FromDays(4);
        Assert.True(await journal.ClaimAsync(other.Key, [], 1));
    }

    [JournalFact]
    public async Task A_callers_own_limit_counts_its_own_submissions()
    {
        await using CimJournal journal = await OpenAsync("callers");
        MachineTask[] tasks = [.. "abcd".Select(c => SomeTask with { Key = new string(c, 64) })];
        await Task.WhenAll(tasks.Select(journal.PrepareAsync));
        Assert.True(await journal.ClaimAsync(tasks[0].Key, [], new SubmissionLimits(10, "ann", 1)));
        CimBudgetException e = await Assert.ThrowsAsync<CimBudgetException>(
            () => journal.ClaimAsync(tasks[1].Key, [], new SubmissionLimits(10, "ann", 1)));
        Assert.Equal("The limit of 1 task a day for ann is reached. Nothing was submitted.", e.Message);
        Assert.True(await journal.ClaimAsync(tasks[1].Key, [], new SubmissionLimits(10, "bob", 1)));
        Assert.True(await journal.ClaimAsync(tasks[2].Key, [], 10));
        await Assert.ThrowsAsync<CimBudgetException>(() => journal.ClaimAsync(tasks[3].Key, [], new SubmissionLimits(3, "eve", 1)));
        Assert.Equal([("", 1), ("ann", 1), ("bob", 1)], (await journal.SubmittedTodayByCallerAsync()).Select(c => (c.Key, c.Value)).Order());
    }

    [JournalFact]
    public async Task Another_journal_is_imported_with_states_results_and_what_it_spent()
    {
        MachineTask[] tasks = [.. "abcdef".Select(c => SomeTask with { Key = new string(c, 64), Name = $"task-{c}" })];
        await using CimJournal other = CimJournal.Open(":memory:");
        await Task.WhenAll(tasks.Select(other.PrepareAsync));
        await other.ClaimAsync(tasks[1].Key, [], new SubmissionLimits(null, "ann"));
        await other.AcceptAsync(tasks[1].Key, "id 1");
        await other.ClaimAsync(tasks[2].Key, [], null);
        await other.CompleteAsync(tasks[2].Key, _answer);
        await other.ClaimAsync(tasks[3].Key, [], null);
        await other.EndAsync(tasks[3].Key, JournalState.Unknown, "the connection broke");
        await other.ClaimAsync(tasks[4].Key, [], null);
        await using CimJournal journal = await OpenAsync("import");
        await journal.PrepareAsync(tasks[5]);
        await Assert.ThrowsAsync<CimJournalException>(() => journal.ImportAsync(other));
        Assert.Single(await journal.ListAsync());
        await other.EndAsync(tasks[4].Key, JournalState.Failed, "refused");

        Assert.Equal(5, await journal.ImportAsync(other));
        Assert.Equal(0, await journal.ImportAsync(other));
        foreach (MachineTask task in tasks)
        {
            JournalEntry expected = (await other.FindAsync(task.Key))!;
            JournalEntry found = (await journal.FindAsync(task.Key))!;
            Assert.Equal(expected.Rows, found.Rows);
            Assert.Equal(expected.ReportedEnergies, found.ReportedEnergies);
            Assert.Equal(expected with { Rows = [], ReportedEnergies = [] }, found with { Rows = [], ReportedEnergies = [] });
        }

        Assert.Equal(4, await journal.SubmittedTodayAsync());
        Assert.Equal(1, (await journal.SubmittedTodayByCallerAsync())["ann"]);
        Assert.False(await journal.ClaimAsync(tasks[3].Key, [], null));
        await Assert.ThrowsAsync<CimBudgetException>(() => journal.ClaimAsync(tasks[0].Key, [], 4));
    }

    [JournalFact]
    public async Task A_recording_is_exported_and_imported()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "run.jsonl");
        await using (CimJournal journal = await OpenAsync("recorded"))
        {
            await journal.PrepareAsync(SomeTask);
            await journal.CompleteAsync(SomeTask.Key, _answer);
            Assert.Equal(1, await Recording.ExportAsync(journal, file));
        }

        await using CimJournal fresh = await OpenAsync("imported");
        Assert.Equal(1, await Recording.ImportAsync(fresh, file));
        Assert.Equal(0, await Recording.ImportAsync(fresh, file));
        Assert.Equal(Row, Assert.Single((await fresh.FindAsync(SomeTask.Key))!.Rows));
        Assert.Equal(0, await fresh.SubmittedTodayAsync());
    }

    [JournalFact]
    public async Task What_became_of_a_task_is_recorded_whatever_its_reason_holds()
    {
        string[] reasons = ["", "\0", "a\0b", "half a pair \ud800 here", "\udc00", "'; DROP TABLE tasks; --", "@key $1 ?", new string('x', 100_000), "语言 😀"];
        await using CimJournal journal = await OpenAsync("reasons");
        for (int k = 0; k < reasons.Length; k++)
        {
            MachineTask task = SomeTask with { Key = k.ToString("D64", System.Globalization.CultureInfo.InvariantCulture) };
            await journal.PrepareAsync(task);
            Assert.True(await journal.ClaimAsync(task.Key, [], null));
            await journal.EndAsync(task.Key, JournalState.Unknown, reasons[k]);
            JournalEntry entry = (await journal.FindAsync(task.Key))!;
            Assert.Equal(JournalState.Unknown, entry.State);
            bool isPlain = !reasons[k].Contains('\0', StringComparison.Ordinal)
                && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(reasons[k])) == reasons[k];
            Assert.True(!isPlain || entry.Reason == reasons[k], $"{k}");
        }
    }

    /// <summary>A literal of bytes.</summary>
    protected virtual string Bytes(string hexadecimal) => $"X'{hexadecimal}'";
}

/// <summary>A clock that is set by hand.</summary>
internal sealed class JournalClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2030, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
