using Microsoft.Data.Sqlite;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Recordings and journals with lines that are damaged, or of something else.</summary>
public class HostileRecordTests
{
    private static readonly sbyte[] Row = [1, -1, 1, -1, -1, 1, 1, -1, 1];

    private static readonly (string, string?)[] Line =
    [
        ("format", "\"qama-cim-recording-1\""), ("key", $"\"{new string('c', 64)}\""), ("name", "\"task-c\""), ("machine", "\"CPQC-550\""),
        ("form", "\"Ising\""), ("spins", "9"), ("task_id", "\"5\""), ("rows", "\"ZQE=\""), ("energies", "[1.5]"),
    ];

    [Fact]
    public async Task A_damaged_line_of_a_recording_is_named_and_the_journal_stays_as_it_was()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "run.jsonl");
        string good = HostileJson.Object([.. Line.Select(p => p.Item1 == "key" ? ("key", $"\"{new string('d', 64)}\"") : p)]);
        await using CimJournal journal = CimJournal.Open(":memory:");
        int harmless = 0;
        string[] more =
        [
            .. Changed("form", "\"17\"", "\"Ising,RoundedQubo\"", "\"ising\"", "\" Ising\"", "\"0\""),
            .. Changed("spins", "1", "3", "10", "17", "0", "-9", "8193", "99999999999", "9.5"),
            .. Changed("rows", "\"\"", "\"ZQ==\"", "\"ZQEB\"", "\"####\"", "[1]"),
            .. Changed("energies", "[1,2]", "[\"x\"]", "[[1]]", "[1e999]"),
            .. Changed("key", "\"abc\"", $"\"{new string('c', 65)}\""),
            .. Changed("format", "\"qama-cim-recording-2\""),
            .. Changed("name", "null", "\"\""), .. Changed("machine", "null", "\"\""),
        ];
        foreach (string line in HostileJson.Mutations(Line).Select(m => m.Json).Concat(HostileJson.Damaged(HostileJson.Object(Line))).Concat(more))
        {
            await File.WriteAllBytesAsync(file, HostileJson.Bytes(good + "\n" + line + "\n"));
            Exception? refused = await Record.ExceptionAsync(() => Recording.ReadAsync(file));
            if (line.Length > 0 && refused is null)
            {
                // Then it means something, and the journal can tell it.
                harmless++;
                await using CimJournal other = CimJournal.Open(":memory:");
                Assert.Equal(2, await Recording.ImportAsync(other, file));
                Assert.All(await other.ListAsync(), e => Assert.Equal(JournalState.Done, e.State));
                Assert.Equal(2, await Recording.ExportAsync(other, Path.Combine(folder.Path, "again.jsonl")));
                continue;
            }

            if (line.Length > 0)
            {
                Assert.True(refused is CimJournalException && refused.Message.Contains("Line 2 of", StringComparison.Ordinal), $"{line}: {refused}");
                await Assert.ThrowsAsync<CimJournalException>(() => Recording.ImportAsync(journal, file));
            }
        }

        Assert.Empty(await journal.ListAsync());
        Assert.InRange(harmless, 5, 25); // an id of another kind, energies that are none
    }

    [Fact]
    public async Task A_result_of_other_spins_under_a_tasks_key_is_told_and_not_taken()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "run.jsonl");
        MachineTask task = (await PlanAsync()).Tasks[0].Task;
        await File.WriteAllTextAsync(file, HostileJson.Object([.. Line.Select(p => p.Item1 switch
        {
            "key" => ("key", $"\"{task.Key}\""), "spins" => ("spins", "3"), "rows" => ("rows", "\"AQ==\""), _ => p,
        })]));
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport();
        Assert.Equal(1, await Recording.ImportAsync(journal, file));
        var sampler = new CimSampler(machine, journal, Client.Fast);
        CimJournalException e = await Assert.ThrowsAsync<CimJournalException>(
            () => sampler.SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask());
        Assert.Contains("3 spins, Ising, on CPQC-550; the task has 9, QuboOfIsing", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CimJournalException>(() => journal.PrepareAsync(task));

        // As the message says.
        await new CimSampler(machine, journal, Client.Fast with { Repetition = 1 })
            .SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default);
        Assert.Equal(2, (await journal.ListAsync()).Count);

        await using var replay = new ReplayTransport(await Recording.ReadAsync(file));
        await using CimJournal fresh = CimJournal.Open(":memory:");
        CimTasksException refused = await Assert.ThrowsAsync<CimTasksException>(
            () => new CimSampler(replay, fresh, Client.Fast).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask());
        Assert.Contains("not all of its states have 9 spins", refused.Message, StringComparison.Ordinal);
        Assert.IsType<CimConfigurationException>(refused.InnerException);
        await Assert.ThrowsAsync<CimConfigurationException>(async () => await replay.QueryAsync(task with { Key = new string('e', 64) }, "", default));
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_the_task_is_not_stored()
    {
        sbyte[][][] wrong = [[], [[1]], [Row, [1]], [[.. Row, 1]], [[1, 0, 1, 1, 1, 1, 1, 1, 1]], [[1, 5, 1, 1, 1, 1, 1, 1, 1]], [null!]];
        foreach (sbyte[][] rows in wrong)
        {
            await using CimJournal journal = CimJournal.Open(":memory:");
            await using var machine = new Answering(rows, []);
            CimTasksException e = await Assert.ThrowsAsync<CimTasksException>(
                () => new CimSampler(machine, journal, Client.Fast).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask());
            Assert.IsType<CimAnswerException>(e.InnerException);
            JournalEntry entry = Assert.Single(await journal.ListAsync());
            Assert.Equal(JournalState.Running, entry.State);
            await Assert.ThrowsAsync<ArgumentException>(() => journal.CompleteAsync(
                entry.Key, new MachineAnswer { State = MachineState.Done, Rows = rows }));
            Assert.Equal(JournalState.Running, (await journal.FindAsync(entry.Key))!.State);
        }

        await using CimJournal last = CimJournal.Open(":memory:");
        await using var uneven = new Answering([Row], [1, 2]);
        await Assert.ThrowsAsync<CimTasksException>(
            () => new CimSampler(uneven, last, Client.Fast).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask());
    }

    [Fact]
    public async Task A_damaged_line_of_the_journal_is_told_and_does_not_harm_the_others()
    {
        string[] columns = ["key", "name", "machine", "form", "spins", "state", "task_id", "reason", "rows", "energies", "submitted_at", "finished_at", "submissions"];
        string[] values = ["'text'", "''", "-1", "6", "77", "3.5", "99999999999", "9223372036854775807", "X''", "X'01'", "X'FFFF00'", "NULL", "1e300"];
        using var folder = new TemporaryFolder();
        string whole = Path.Combine(folder.Path, "whole.db");
        MachineTask[] tasks = [.. "abc".Select(c => new MachineTask
        {
            Key = new string(c, 64), Name = $"task-{c}", Machine = "CPQC-550", Form = UploadForm.Ising, SpinCount = 9,
        })];
        await using (CimJournal journal = CimJournal.Open(whole))
        {
            foreach (MachineTask task in tasks)
            {
                await journal.PrepareAsync(task);
                await journal.CompleteAsync(task.Key, new MachineAnswer { State = MachineState.Done, Rows = [Row], ReportedEnergies = [1] });
            }
        }

        int damaged = 0;
        foreach ((string column, string value) in from c in columns from v in values select (c, v))
        {
            string path = Path.Combine(folder.Path, "damaged.db");
            File.Copy(whole, path, overwrite: true);
            if (!Change(path, $"UPDATE tasks SET {column} = {value} WHERE rowid = 2"))
            {
                continue; // the database does not take it
            }

            await using CimJournal journal = CimJournal.Open(path);
            IReadOnlyList<JournalEntry> listed = await journal.ListAsync();
            Assert.Equal(3, listed.Count);
            Assert.Equal((JournalState.Done, JournalState.Done), (listed[0].State, listed[2].State));
            Exception? found = await Record.ExceptionAsync(() => journal.FindAsync(tasks[1].Key));
            Assert.True(found is null or CimJournalException, $"{column} = {value}: {found}");
            if (listed[1].State == JournalState.Damaged)
            {
                damaged++;
                Assert.True(column == "key" || found is CimJournalException, $"{column} = {value}");
                Assert.Contains("damaged", listed[1].Reason, StringComparison.Ordinal);
            }

            // What cannot be read is never taken for a task that has not left.
            Assert.True(listed[1].State is JournalState.Done or JournalState.Damaged, $"{column} = {value}: {listed[1]}");
            int exported = await Recording.ExportAsync(journal, Path.Combine(folder.Path, "out.jsonl"));
            Assert.True(exported == (found is null && (column != "key" || listed[1].State == JournalState.Done) ? 3 : 2) || column == "key", $"{column} = {value}: {exported}");
            Assert.InRange((await Recording.ReadAsync(Path.Combine(folder.Path, "out.jsonl"))).Count, 2, 3);
        }

        Assert.True(damaged > 50, $"{damaged}");
    }

    [Fact]
    public async Task Only_tasks_are_recorded()
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        MachineTask task = (await PlanAsync()).Tasks[0].Task;
        foreach (MachineTask wrong in new[]
        {
            task with { Key = "short" }, task with { Key = null! }, task with { Name = "" }, task with { Name = "a\nb" }, task with { Machine = "" },
            task with { Form = (UploadForm)9 }, task with { SpinCount = 1 }, task with { SpinCount = 8193 },
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => journal.PrepareAsync(wrong));
        }

        Assert.Empty(await journal.ListAsync());
    }

    private static IEnumerable<string> Changed(string name, params string[] values) =>
        values.Select(v => HostileJson.Object([.. Line.Select(p => p.Item1 == name ? (name, v) : p)]));

    private static bool Change(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        try
        {
            return command.ExecuteNonQuery() == 1;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static async Task<CimPlan> PlanAsync()
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport();
        return await new CimSampler(machine, journal, Client.Fast).PlanAsync(Client.Problems(1));
    }

    private sealed class Answering(sbyte[][] rows, double[] energies) : ICimTransport
    {
        public string Name => "answers";

        public ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken) => new("1");

        public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken) =>
            new(new MachineAnswer { State = MachineState.Done, Rows = rows, ReportedEnergies = energies });

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
