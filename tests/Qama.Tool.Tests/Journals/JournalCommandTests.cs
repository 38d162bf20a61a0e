using System.Text.Json.Nodes;
using Qama.Annealing;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Problems;

namespace Qama.Tool.Tests.Journals;

/// <summary><c>qama journal</c> over journals that the client wrote.</summary>
public sealed class JournalCommandTests : FolderTest
{
    private static readonly sbyte[] _row = [1, -1, 1, -1, -1, 1, 1, -1, 1];

    [Fact]
    public async Task A_journal_in_use_is_read_and_left_as_it_is()
    {
        await using (CimJournal journal = await Filled("j.db"))
        {
            var before = Contents();
            Outcome list = ToolProgram.Execute(Folder, "journal", "list", "j.db");
            Assert.Equal((0, ""), (list.ExitCode, list.Errors));
            Assert.Contains("tasks         5: 1 Prepared, 1 Submitted, 1 Running, 1 Done, 1 Failed", list.Output,
                StringComparison.Ordinal);
            Assert.Matches(@"(?m)^task-b +CPQC-550 +9 +Running +1 +\S+Z +4711$", list.Output);
            Assert.Matches(@"(?m)^task-e +CPQC-1000 +9 +Failed +1 .* it was refused, twice$", list.Output);
            Outcome json = ToolProgram.Execute(Folder, "journal", "list", "j.db", "--state", "done", "--json");
            Assert.Equal("task-c", Assert.Single(json.Json["tasks"]!.AsArray())!["name"]!.GetValue<string>());
            Outcome show = ToolProgram.Execute(Folder, "journal", "show", "j.db", "cccc");
            Assert.Contains("solution 1    -12.5 +-+--++-+", show.Output, StringComparison.Ordinal);
            Assert.Contains("solution 2    no energy -----++-+", show.Output, StringComparison.Ordinal);
            Assert.Equal(before, Contents());
            // nobody said that its program had ended
            Assert.Equal(JournalState.Submitted, (await journal.FindAsync(Key('d')))!.State);
        }
    }

    [Fact]
    public async Task Submissions_are_counted_by_day_and_machine()
    {
        await (await Filled("j.db")).DisposeAsync();
        JsonNode cost = ToolProgram.Run("journal", "cost", At("j.db"), "--price", "2.5", "--json").Json;
        Assert.Equal((4, 10.0), (cost["submissions"]!.GetValue<int>(), cost["cost"]!.GetValue<double>()));
        Assert.Equal(["1970-01-02 2", "1970-01-04 2"],
            cost["days"]!.AsArray().Select(d => $"{d!["day"]} {d["submissions"]}"));
        Assert.Equal(["CPQC-550 4 3 1", "CPQC-1000 1 1 0"], cost["machines"]!.AsArray().Select(
            m => $"{m!["name"]} {m["tasks"]} {m["submissions"]} {m["done"]}"));
        Assert.Equal(0.5, cost["machines"]![0]!["hours"]!.GetValue<double>(), 1e-9);
        string text = ToolProgram.Run("journal", "cost", At("j.db"), "--price", "2.5").Output;
        Assert.Contains("submissions   4, cost 10", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^1970-01-02 +2 +5$", text);
    }

    [Fact]
    public async Task Exports_have_every_task_and_a_recording_answers()
    {
        await (await Filled("j.db")).DisposeAsync();
        Assert.Equal(0, ToolProgram.Run("journal", "export", At("j.db"), At("out.json")).ExitCode);
        JsonArray tasks = JsonNode.Parse(File.ReadAllText(At("out.json")))!["tasks"]!.AsArray();
        Assert.Equal(["task-a", "task-b", "task-c", "task-d", "task-e"],
            tasks.Select(t => t!["name"]!.GetValue<string>()));
        Assert.Equal("+-+--++-+", tasks[2]!["solutions"]![0]!["spins"]!.GetValue<string>());
        Assert.Equal(0, ToolProgram.Run("journal", "export", At("j.db"), At("out.csv")).ExitCode);
        string[] lines = File.ReadAllLines(At("out.csv"));
        Assert.Equal(6, lines.Length);
        Assert.EndsWith(",2,-12.5,", lines[3], StringComparison.Ordinal);
        Assert.EndsWith(",\"it was refused, twice\"", lines[5], StringComparison.Ordinal);

        Assert.Equal(0, ToolProgram.Run("journal", "export", At("j.db"), At("out.rec")).ExitCode);
        Outcome replay = ToolProgram.Run("journal", "replay", At("out.rec"), At("other.db"));
        Assert.Equal((0, ""), (replay.ExitCode, replay.Errors));
        Assert.Contains("new           1 result", replay.Output, StringComparison.Ordinal);
        await using CimJournal other = CimJournal.Open(At("other.db"));
        JournalEntry entry = Assert.Single(await other.ListAsync());
        Assert.Equal((JournalState.Done, "task-c"), (entry.State, entry.Name));
        Assert.Equal(_row, (await other.FindAsync(entry.Key))!.Rows[0]);
    }

    /// <summary>A program submitted and ended before the answers came; the command brings them home, and submits
    /// nothing.</summary>
    [Fact]
    public async Task Running_tasks_are_brought_home_without_being_submitted_again()
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync();
        var http = new QbosonOptions { AuthAddress = emulator.Address, TaskAddress = emulator.Address };
        await using (CimJournal journal = CimJournal.Open(At("j.db")))
        {
            await using var transport = new QbosonTransport(http, new CimCredentials("a", "b"));
            var sampler = new CimSampler(
                new Impatient(transport), journal,
                    new CimSamplerOptions { Pack = false, Precision = PrecisionOptions.Plain, MaxConcurrentTasks = 3 });
            await Assert.ThrowsAsync<CimTasksException>(async () =>
                await sampler.SampleAsync(Problems(3), new SampleSet(3, 1, 3), default));
        }

        Outcome outcome = ToolProgram.Execute(Folder, "journal", "resume", "j.db", "--address", $"{emulator.Address}",
            "--wait", "30");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Equal(3, outcome.Output.Split('\n').Count(l =>
            l.StartsWith("Done          qama-", StringComparison.Ordinal)));
        Assert.Equal(3, emulator.Accepted);
        outcome = ToolProgram.Run("journal", "resume", At("j.db"), "--address", $"{emulator.Address}");
        Assert.Equal((0, "tasks         none is running"), (outcome.ExitCode, outcome.Output.Trim()));
    }

    [Theory]
    [InlineData(1, "none.db", "journal", "list", "none.db")]
    [InlineData(1, "none.db", "journal", "resume", "none.db", "--address", "http://127.0.0.1:9")]
    [InlineData(1, "text.db is damaged or not a journal", "journal", "cost", "text.db")]
    [InlineData(1, "text.db is damaged or not a journal", "journal", "export", "text.db", "out.json")]
    [InlineData(1, "empty.db is a database, but not a journal.", "journal", "list", "empty.db")]
    [InlineData(1, "there is no task nothing: 'qama journal list' has their names.", "journal", "show", "j.db",
        "nothing")]
    [InlineData(1, "3 tasks are called", "journal", "show", "j.db", "")]
    [InlineData(1, "Expected an absolute https address", "journal", "resume", "j.db", "--address", "ftp://127.0.0.1/")]
    [InlineData(1, "text.db is damaged: ", "journal", "replay", "text.db", "new.db")]
    [InlineData(2, "--state: expected one of Prepared, ", "journal", "list", "j.db", "--state", "gone")]
    [InlineData(2, "--address: expected an address such as", "journal", "resume", "j.db", "--address", "nowhere")]
    [InlineData(2, "Required command was not provided.", "journal")]
    public async Task An_error_is_told_and_nothing_is_written(int code, string message, params string[] args)
    {
        await (await Filled("j.db", "abc")).DisposeAsync();
        Write("text.db", "hello");
        Write("empty.db", "");
        Dictionary<string, string> before = Contents();
        Outcome outcome = ToolProgram.Run(
            [.. args.Select(a => a.EndsWith(".db", StringComparison.Ordinal)
            || a.EndsWith(".json", StringComparison.Ordinal) ? At(a) : a)]);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
    }

    /// <summary>Tasks a to e: prepared, running, done after half an hour, leaving, failed; submitted on two
    /// days.</summary>
    private async Task<CimJournal> Filled(string name, string tasks = "abcde")
    {
        var clock = new Clock { Now = DateTimeOffset.UnixEpoch.AddDays(1.5) };
        CimJournal journal = CimJournal.Open(At(name), clock);
        foreach (char c in tasks)
        {
            await journal.PrepareAsync(new MachineTask
            {
                Key = Key(c), Name = $"task-{c}", Machine = c == 'e' ? "CPQC-1000"
                    : "CPQC-550", Form = UploadForm.Ising, SpinCount = 9,
            });
            clock.Now = c == 'd' ? DateTimeOffset.UnixEpoch.AddDays(3.5) : clock.Now;
            Assert.True(c == 'a' || await journal.ClaimAsync(Key(c), [], null));
        }

        await journal.AcceptAsync(Key('b'), "4711");
        await journal.AcceptAsync(Key('c'), "4712");
        clock.Now = DateTimeOffset.UnixEpoch.AddDays(1.5).AddMinutes(30);
        await journal.CompleteAsync(Key('c'), new MachineAnswer
        {
            State = MachineState.Done, Rows = [_row, [-1, -1, -1, -1, -1, 1, 1, -1, 1]],
            ReportedEnergies = [-12.5, double.NaN],
        });
        if (tasks.Contains('e', StringComparison.Ordinal))
        {
            await journal.EndAsync(Key('e'), JournalState.Failed, "it was refused, twice");
        }

        return journal;
    }

    // The lock beside it may be held, so that its content cannot be read.
    private Dictionary<string, string> Contents() => Directory.GetFiles(Folder).ToDictionary(
        f => Path.GetFileName(f),
        f => f.EndsWith(".lock", StringComparison.Ordinal) ? ""
            : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Shared(f))));

    private static byte[] Shared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        file.CopyTo(memory);
        return memory.ToArray();
    }

    private static QuboProblemBatch Problems(int count) => new([.. Enumerable.Range(0, count).Select(p =>
    {
        var problem = new QuboMatrix(3);
        problem.AddPair(0, 1, 3 + p);
        problem.AddPair(1, 2, 2);
        problem.AddLinear(0, -2);
        return problem;
    })]);

    private static string Key(char c) => new(c, 64);

    /// <summary>Asks for no answer.</summary>
    private sealed class Impatient(ICimTransport inner) : ICimTransport
    {
        public string Name => inner.Name;

        public bool SubmissionIsRepeatable => inner.SubmissionIsRepeatable;

        public ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix,
            CancellationToken cancellationToken) =>
            inner.SubmitAsync(task, matrix, cancellationToken);

        public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId,
            CancellationToken cancellationToken) =>
            throw new CimNotFinishedException("It is not finished.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
