using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Qama.Annealing;
using Qama.Cim.Emulator;
using Qama.Cim.Files;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>What the documentation of single members promises.</summary>
public class PromiseTests
{
    private const string Accepted = """{"code":"0","data":{"task_id":77}}""";
    private const string Done = """{"code":"0","data":{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,1]]}}""";

    public static TheoryData<string> WrongOptions => ["tasks", "run", "day", "form", "long", "empty", "letters", "null", "poll", "machine", "spins", "bits", "name"];

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public async Task A_setting_out_of_range_is_refused(string which)
    {
        CimSamplerOptions options = which switch
        {
            "tasks" => new() { MaxConcurrentTasks = 0 },
            "run" => new() { MaxTasksPerRun = -1 },
            "day" => new() { MaxTasksPerDay = -1 },
            "form" => new() { Form = (UploadForm)3 },
            "long" => new() { NamePrefix = new string('a', 12) },
            "empty" => new() { NamePrefix = "" },
            "letters" => new() { NamePrefix = "a/b" },
            "null" => new() { NamePrefix = null! },
            "poll" => new() { PollInterval = TimeSpan.FromSeconds(2), MaxPollInterval = TimeSpan.FromSeconds(1) },
            "machine" => new() { Machine = CimMachine.Cpqc550 with { Name = new string('m', 65) } },
            "spins" => new() { Machine = CimMachine.Cpqc550 with { Limits = new MachineLimits(8193, 8) } },
            "bits" => new() { Machine = CimMachine.Cpqc550 with { Limits = new MachineLimits(550, 17) } },
            _ => new() { Machine = CimMachine.Cpqc550 with { Name = " " } },
        };
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport();
        Assert.Throws<ArgumentException>(() => new CimSampler(machine, journal, options));
    }

    [Fact]
    public async Task The_longest_prefix_is_the_start_of_the_names()
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport();
        CimPlan plan = await new CimSampler(machine, journal, Client.Fast with { NamePrefix = "abc-4567890" }).PlanAsync(Client.Problems(1));
        Assert.Equal($"abc-4567890-{plan.Tasks[0].Task.Key[..12]}", plan.Tasks[0].Task.Name);
        Assert.Equal(24, plan.Tasks[0].Task.Name.Length); // what the vendor allows
    }

    [Fact]
    public async Task Progress_tells_every_change_and_what_was_there_before()
    {
        var changes = new Changes();
        await using Client client = await Client.StartAsync(options: Client.Fast with { Pack = false, Progress = changes });
        await client.SampleAsync(Client.Problems(2));
        foreach (IGrouping<int, CimProgress> task in changes.Seen.GroupBy(c => c.Index))
        {
            Assert.Equal([JournalState.Submitted, JournalState.Running, JournalState.Done], task.Select(c => c.State));
            Assert.All(task, c => Assert.Equal((2, false), (c.Count, c.IsReused)));
        }

        changes.Seen.Clear();
        await client.SampleAsync(Client.Problems(2));
        Assert.Equal([(0, JournalState.Done, true), (1, JournalState.Done, true)], changes.Seen.Select(c => (c.Index, c.State, c.IsReused)).Order());
    }

    [Fact]
    public async Task Statistics_count_what_the_plan_says()
    {
        await using Client client = await Client.StartAsync(options: Client.Fast with { Precision = new PrecisionOptions() });
        var decided = new QuboMatrix(20);
        decided.AddLinear(2, -1);
        var problems = new QuboProblemBatch([decided, .. Enumerable.Range(0, 3).Select(k => SmallProblems.Real((ulong)k + 50, 20))]);
        CimPlan plan = await client.Sampler.PlanAsync(problems);
        await client.SampleAsync(problems);
        await client.SampleAsync(problems);
        CimStatistics s = client.Sampler.Statistics;
        PrecisionReport[] reports = [.. plan.Problems.Select(p => p.Report)];
        Assert.Equal((8, 2 * plan.Problems.Count(p => p.SpinCount == 0)), (s.Problems, s.ProblemsWithoutTask));
        Assert.Equal((2 * plan.Tasks.Count, plan.Tasks.Count), (s.Tasks, s.TasksReused));
        Assert.Equal((plan.Tasks.Count, 2 * plan.TasksSaved, 160), (s.Submissions, s.TasksSaved, s.Variables));
        Assert.Equal(2 * reports.Sum(r => r.FixedVariables), s.FixedVariables);
        Assert.Equal((2 * reports.Sum(r => r.Terms), 2 * reports.Sum(r => r.RoundedToZero)), (s.Terms, s.TermsRoundedToZero));
        Assert.True(s.FixedVariables > 20);
    }

    [Fact]
    public async Task A_code_that_refuses_the_token_is_answered_with_another_token()
    {
        int submissions = 0;
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(RawServer.Json(
            !RawServer.IsSubmission(request) ? Done : Interlocked.Increment(ref submissions) == 1 ? """{"code":20001,"msg":"token"}""" : Accepted), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        await SampleAsync(server, journal);
        Assert.Equal((2, 1), (server.Submissions, Assert.Single(await journal.ListAsync()).Submissions));
    }

    [Fact]
    public async Task Which_statuses_were_not_accepted_can_be_said()
    {
        await using var server = new RawServer((_, stream, stop) => stream.WriteAsync(RawServer.Json("", "502 Bad"), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(
            server, journal, o => o with { NotAcceptedStatuses = [HttpStatusCode.BadGateway], MaxAttempts = 3 }));
        Assert.Equal((3, JournalState.Prepared), (server.Submissions, Assert.Single(await journal.ListAsync()).State));
    }

    [Fact]
    public async Task A_query_without_an_answer_in_time_leaves_the_task_running()
    {
        await using var server = new RawServer((request, stream, stop) => RawServer.IsSubmission(request)
            ? stream.WriteAsync(RawServer.Json(Accepted), stop).AsTask() : Task.Delay(Timeout.Infinite, stop));
        await using CimJournal journal = CimJournal.Open(":memory:");
        CimTasksException e = await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(
            server, journal, o => o with { RequestTimeout = TimeSpan.FromMilliseconds(120), MaxAttempts = 2 }));
        Assert.Contains("RUNNING, No complete answer within 0.12 s", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_waits_for_a_submission_that_has_begun(bool isAnswered)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (_, stream, stop) =>
        {
            arrived.TrySetResult();
            await answer.Task.WaitAsync(stop);
            await stream.WriteAsync(RawServer.Json(Accepted), stop);
        });
        await using CimJournal journal = CimJournal.Open(":memory:");
        using var cancelled = new CancellationTokenSource();
        Task run = SampleAsync(
            server, journal, o => o with { SubmissionTimeout = TimeSpan.FromSeconds(isAnswered ? 60 : 0.2) }, stop: cancelled.Token);
        await arrived.Task;
        await cancelled.CancelAsync();
        Assert.Equal(JournalState.Submitted, Assert.Single(await journal.ListAsync()).State);
        if (isAnswered)
        {
            Assert.False(run.IsCompleted);
            answer.SetResult();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        JournalEntry entry = Assert.Single(await journal.ListAsync());
        Assert.Equal(isAnswered ? (JournalState.Running, "77") : (JournalState.Unknown, null), (entry.State, entry.TaskId));
    }

    [Fact]
    public async Task A_closed_journal_and_missing_arguments_are_said_to_be()
    {
        CimJournal journal = CimJournal.Open(":memory:");
        await Assert.ThrowsAsync<ArgumentNullException>(() => journal.FindAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => journal.PrepareAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => journal.ClaimAsync(null!, [], null));
        await Assert.ThrowsAsync<ArgumentNullException>(() => journal.AcceptAsync("k", null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => journal.CompleteAsync("k", null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => journal.EndAsync("k", JournalState.Failed, null!));
        Assert.Throws<ArgumentNullException>(() => new CimTasksException(null!, 1));
        Assert.Throws<ArgumentException>(() => new ReplayTransport([null!]));
        await journal.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.FindAsync("k"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.ListAsync());
    }

    [Fact]
    public void A_matrix_is_written_a_line_per_row()
    {
        int[] matrix = [0, -1, int.MaxValue, int.MinValue];
        var bytes = new byte[MatrixCsv.MaxLength(2)];
        Assert.Equal("0,-1\n2147483647,-2147483648\n", Encoding.ASCII.GetString(bytes.AsSpan(0, MatrixCsv.Write(matrix, 2, bytes))));
        Assert.Throws<ArgumentException>(() => MatrixCsv.Write(matrix, 3, new byte[1000]));
        Assert.Throws<ArgumentException>(() => MatrixCsv.Write(matrix, 2, new byte[47]));
        foreach (int size in new[] { 0, -1, 8193, 65536, int.MaxValue, int.MinValue })
        {
            Assert.Throws<ArgumentException>(() => MatrixCsv.MaxLength(size));
            Assert.Throws<ArgumentException>(() => MatrixCsv.Write([], size, []));
        }
    }

    [Theory]
    [InlineData("_1.json")]
    [InlineData(".LOG")]
    public async Task Results_are_found_by_the_start_of_their_name(string rest)
    {
        using var folder = new TemporaryFolder();
        await using var transport = new FileExchangeTransport(folder.Path);
        MachineTask task = new() { Key = new string('a', 64), Name = "qama-1", Machine = "m", Form = UploadForm.Ising, SpinCount = 3 };
        string results = Path.Combine(folder.Path, "results");
        await File.WriteAllTextAsync(Path.Combine(results, "qama-1.txt"), "notes");
        Assert.Equal(MachineState.Queued, (await transport.QueryAsync(task, "", default)).State);
        await File.WriteAllTextAsync(Path.Combine(results, "qama-1" + rest), """[{"quboValue":"-2.5","solutionVector":[1,-1,-1]}]""");
        MachineAnswer answer = await transport.QueryAsync(task, "", default);
        Assert.Equal([-1, 1, 1], Assert.Single(answer.Rows));
        Assert.Equal(-2.5, Assert.Single(answer.ReportedEnergies));
    }

    [Fact]
    public async Task Noise_seed_width_and_memory_of_the_emulator_are_as_ordered()
    {
        const string Ising = "0,9,-4\n9,0,7\n-4,7,0\n";
        var options = new EmulatorOptions { Solver = SimulatorSolver.Annealing(3), Rows = 30, Remembered = 2, Bits = 5, Seed = 4 };
        int[][] plain = await RowsAsync(options);
        Assert.Equal(plain, await RowsAsync(options));
        Assert.NotEqual(plain, await RowsAsync(options with { Seed = 5 }));
        Assert.Equal(plain.Select(r => r.Select(s => -s).ToArray()), await RowsAsync(options with { Noise = 1 }));

        async Task<int[][]> RowsAsync(EmulatorOptions ordered)
        {
            await using CimEmulator emulator = await CimEmulator.StartAsync(ordered);
            using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
            long first = await client.SubmitAsync(Ising, isQubo: false);
            int[][] rows = [.. (await client.EndAsync(first)).GetProperty("qubo_solution_data").EnumerateArray()
                .Select(r => r.EnumerateArray().Select(v => v.GetInt32()).ToArray())];
            using (HttpResponseMessage wide = await client.PostAsync("0,16\n16,0\n", isQubo: false))
            {
                Assert.Contains("signed 5-bit", await wide.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            await client.SubmitAsync(Ising, isQubo: false);
            await client.SubmitAsync(Ising, isQubo: false);
            Assert.Contains("no such task", await client.Http.GetStringAsync(
                new Uri($"/api/system/business/task/{first}/", UriKind.Relative)), StringComparison.Ordinal);
            return rows;
        }
    }

    private static async Task SampleAsync(
        RawServer server, CimJournal journal, Func<QbosonOptions, QbosonOptions>? change = null, CancellationToken stop = default)
    {
        QbosonOptions http = Client.Http(server.Address);
        await using var transport = new QbosonTransport(change is null ? http : change(http), new CimCredentials(Client.User, Client.Code));
        await new CimSampler(transport, journal, Client.Fast).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default, stop);
    }

    private sealed class Changes : IProgress<CimProgress>
    {
        public ConcurrentQueue<CimProgress> Seen { get; } = new();

        public void Report(CimProgress value) => Seen.Enqueue(value);
    }
}
