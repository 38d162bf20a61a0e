using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>What the emulator bears: many tasks, many tokens, requests and files that are none, solvers that fail, its
/// end.</summary>
public class EmulatorLimitTests
{
    private const string Example = "8,16,0\n0,-24,8\n0,0,40\n";

    public static TheoryData<string, string> NoForms => new()
    {
        { "multipart/form-data; boundary=" + new string('b', 5000), "x" },
        { "multipart/form-data; boundary=" + new string('b', 71), "x" },
        { "multipart/form-data; boundary=\"\"", "x" },
        { "multipart/form-data", "x" },
        { "application/json", "{}" },
        { "multipart/form-data; boundary=b", "" },
        { "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n" + "--b" },
        { "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\n0,1" },
        { "multipart/form-data; boundary=b", "--b\r\nX: y\r\n\r\nx\r\n--b--\r\n" },
        { "multipart/form-data; boundary=b", "--b\r\n" + string.Concat(Enumerable.Range(0, 200).Select(k => $"X{k}: y\r\n")) + "\r\nx\r\n--b--\r\n" },
        { "multipart/form-data; boundary=b", "--b\r\nX: " + new string('y', 100_000) + "\r\n\r\nx\r\n--b--\r\n" },
        { "multipart/form-data; boundary=b", Part("url", "0,1\n1,0") + Part("url", "0,1\n1,0") + "--b--\r\n" },
        { "multipart/form-data; boundary=b", Part("name", "x") + Part("name", "y") + "--b--\r\n" },
        { "multipart/form-data; boundary=b", Part("name", new string('x', 2000)) + "--b--\r\n" },
        { "multipart/form-data; boundary=b", string.Concat(Enumerable.Range(0, 10_000).Select(_ => Part("f", "x"))) + "--b--\r\n" },
    };

    [Theory]
    [MemberData(nameof(NoForms))]
    public async Task A_request_that_is_no_form_is_answered_with_400(string type, string body)
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync(Fast());
        using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using HttpResponseMessage response = await client.Http.PostAsync(new Uri("/api/system/business/task/", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("40001", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(2, (await client.EndAsync(await client.SubmitAsync(Example))).GetProperty("task_status").GetInt32());
    }

    [Fact]
    public async Task A_login_that_is_none_is_answered_with_4xx()
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync(Fast());
        using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
        string[] bodies =
        [
            "", "[]", "{}", "null", new string('[', 10_000), new string('x', 70_000), "{\"user_id\":1,\"sdk_code\":2}",
            .. HostileJson.Mutations(("user_id", "\"a\""), ("sdk_code", "\"b\"")).Where(m => m.Value is null || m.Value[0] != '"' || m.Value.Contains("\\u", StringComparison.Ordinal) || m.Value[1] > 127).Select(m => m.Json),
        ];
        foreach (string body in bodies)
        {
            using var content = new ByteArrayContent(HostileJson.Bytes(body));
            using HttpResponseMessage response = await client.Http.PostAsync(new Uri("/sso/access_token/", UriKind.Relative), content);
            Assert.True((int)response.StatusCode is 400 or 413 || body.Contains("\\u0000", StringComparison.Ordinal) || body.Contains("null", StringComparison.Ordinal),
                $"{response.StatusCode} {body[..Math.Min(100, body.Length)]}");
        }

        foreach (string path in new[] { "%00", "..%2f", new string('9', 5000), "1';--", "-1", "99999999999999999999" })
        {
            using HttpResponseMessage response = await client.Http.GetAsync(new Uri($"/api/system/business/task/{path}/", UriKind.Relative));
            Assert.InRange((int)response.StatusCode, 200, 499);
        }

        await client.EndAsync(await client.SubmitAsync(Example));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1,0\n")]
    [InlineData("=cmd|\"/c calc\"!A0,1\n1,0")]
    [InlineData("0,1,\n1,0,")]
    [InlineData("\uFEFF0,1\n1,0")]
    [InlineData("0,1.5\n1.5,0")]
    [InlineData("0, 1\n1, 0")]
    [InlineData("-,1\n1,0")]
    [InlineData("0,999999999,999999999\n999999999,0,999999999\n999999999,999999999,0")]
    [InlineData("999999999,999999999\n999999999,999999999")]
    [InlineData("0,1073741824\n1073741824,0")]
    public async Task A_matrix_that_is_none_is_refused_and_does_no_harm(string csv)
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync(Fast());
        using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
        foreach (string matrix in new[] { csv, string.Join(',', Enumerable.Repeat("0", 4096)) + "\n" })
        {
            foreach (bool isQubo in new[] { false, true })
            {
                using HttpResponseMessage response = await client.PostAsync(matrix, isQubo);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                string answer = await response.Content.ReadAsStringAsync();
                Assert.True(matrix == "0" || answer.Contains("40001", StringComparison.Ordinal), answer);
            }
        }

        Assert.Equal(2, (await client.EndAsync(await client.SubmitAsync(Example))).GetProperty("task_status").GetInt32());
    }

    [Theory]
    [InlineData(PrecisionRule.Ising)]
    [InlineData(PrecisionRule.None)]
    public async Task The_value_is_that_of_the_state_in_what_was_uploaded(PrecisionRule rule)
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync(Fast() with { Rule = rule, Rows = 20 });
        using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
        var random = new RandomStream(11);
        for (int trial = 0; trial < 10; trial++)
        {
            int n = 1 + random.NextInt32(6);
            int step = rule == PrecisionRule.Ising ? 8 : 1;
            var q = new int[n, n];
            for (int k = 0; k < n * n; k++)
            {
                q[k / n, k % n] = k / n <= k % n || rule == PrecisionRule.None ? step * (random.NextInt32(9) - 4) : 0;
            }

            JsonElement data = await client.EndAsync(await client.SubmitAsync(Csv(q)));
            Assert.Equal(2, data.GetProperty("task_status").GetInt32());
            foreach ((JsonElement row, JsonElement value) in data.GetProperty("qubo_solution_data").EnumerateArray().Zip(data.GetProperty("qubo_value").EnumerateArray()))
            {
                int[] x = [.. row.EnumerateArray().Select(v => v.GetInt32())];
                Assert.Equal(Form(q, x), value.GetDouble());
            }

            // An Ising matrix: the Hamiltonian, lower for better states.
            var m = new int[n + 1, n + 1];
            for (int k = 0; k < (n + 1) * (n + 1); k++)
            {
                (int i, int j) = (k / (n + 1), k % (n + 1));
                m[i, j] = i < j ? random.NextInt32(255) - 127 : i > j ? m[j, i] : 0;
            }

            data = await client.EndAsync(await client.SubmitAsync(Csv(m), isQubo: false));
            foreach ((JsonElement row, JsonElement value) in data.GetProperty("qubo_solution_data").EnumerateArray().Zip(data.GetProperty("qubo_value").EnumerateArray()))
            {
                Assert.Equal(-Form(m, [.. row.EnumerateArray().Select(v => v.GetInt32())]), value.GetDouble());
            }
        }
    }

    [Fact]
    public async Task More_tasks_than_may_wait_get_503_and_the_client_brings_them_home()
    {
        var solver = new HeldSolver();
        await using CimEmulator emulator = await CimEmulator.StartAsync(new EmulatorOptions { Solver = solver, MaxWaiting = 3, Rows = 1 });
        using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
        for (int k = 0; k < 3; k++)
        {
            await client.SubmitAsync(Example);
        }

        using (HttpResponseMessage response = await client.PostAsync(Example))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        }

        Assert.Equal(3, emulator.Accepted);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var transport = new QbosonTransport(
            Client.Http(emulator.Address) with { MaxAttempts = 100 }, new CimCredentials("a", "b"), new FastTime());
        var sampler = new CimSampler(transport, journal, Client.Fast with { Pack = false, MaxConcurrentTasks = 8 });
        Task run = sampler.SampleAsync(Client.Problems(8), new SampleSet(8, 1, 8), default).AsTask();
        while (emulator.RefusedAsBusy == 1)
        {
            await Task.Delay(1);
        }

        solver.Go.Set();
        await run;
        Assert.Equal(11, emulator.Accepted);
        Assert.All(await journal.ListAsync(), e => Assert.Equal((JournalState.Done, 1), (e.State, e.Submissions)));
    }

    [Fact]
    public async Task It_ends_without_computing_what_waits()
    {
        var solver = new HeldSolver();
        CimEmulator emulator = await CimEmulator.StartAsync(new EmulatorOptions { Solver = solver, Rows = 1 });
        using (EmulatorClient client = await EmulatorClient.LogInAsync(emulator))
        {
            for (int k = 0; k < 20; k++)
            {
                await client.SubmitAsync(Example);
            }
        }

        await emulator.DisposeAsync(); // the solver never answers, but hears that it may stop
        Assert.InRange(solver.Calls, 0, Environment.ProcessorCount);
    }

    [Fact]
    public async Task The_program_ends_with_0_in_the_middle_of_its_work()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there is no SIGTERM
        }

        string[] arguments = [typeof(CimEmulator).Assembly.Location, "--port", "0", "--rows", "10000"];
        using Process program = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string line = (await program.StandardOutput.ReadLineAsync())!;
        using (var client = new EmulatorClient(new Uri(line["Listening on ".Length..])))
        {
            client.Http.DefaultRequestHeaders.Authorization = new("JWT", await client.TokenAsync());
            for (int k = 0; k < 30; k++)
            {
                await client.SubmitAsync(Example); // each for seconds
            }
        }

        using Process kill = Process.Start("kill", ["-TERM", program.Id.ToString(CultureInfo.InvariantCulture)]);
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
    }

    [Fact]
    public async Task The_newest_thousand_tokens_are_valid()
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync(Fast());
        using EmulatorClient first = await EmulatorClient.LogInAsync(emulator);
        using EmulatorClient second = await EmulatorClient.LogInAsync(emulator);
        for (int k = 0; k < 999; k++)
        {
            await second.TokenAsync();
        }

        using HttpResponseMessage old = await first.PostAsync(Example);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        using HttpResponseMessage newer = await second.PostAsync(Example);
        Assert.Equal(HttpStatusCode.OK, newer.StatusCode);
    }

    [Fact]
    public async Task A_solver_that_throws_fails_its_task_and_no_other()
    {
        int failing = Environment.ProcessorCount + 2;
        var solver = new HeldSolver { FailingCalls = failing };
        solver.Go.Set();
        await using CimEmulator emulator = await CimEmulator.StartAsync(new EmulatorOptions { Solver = solver, Rows = 1 });
        using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
        for (int k = 0; k < failing; k++)
        {
            JsonElement data = await client.EndAsync(await client.SubmitAsync(Example));
            Assert.Equal(3, data.GetProperty("task_status").GetInt32());
            Assert.Contains("out of order", data.GetProperty("desc").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, (await client.EndAsync(await client.SubmitAsync(Example))).GetProperty("task_status").GetInt32());
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("waiting")]
    [InlineData("remembered")]
    [InlineData("machines")]
    [InlineData("spins")]
    [InlineData("quota")]
    [InlineData("uses")]
    [InlineData("delay")]
    public async Task An_option_out_of_range_is_refused(string which)
    {
        EmulatorOptions options = which switch
        {
            "rows" => new() { Rows = 0 },
            "waiting" => new() { MaxWaiting = 0 },
            "remembered" => new() { Remembered = 0 },
            "machines" => new() { Machines = new Dictionary<string, int>() },
            "spins" => new() { Machines = new Dictionary<string, int> { ["m"] = 5000 } },
            "quota" => new() { Quota = -1 },
            "uses" => new() { TokenUses = 0 },
            _ => new() { QueueDelay = TimeSpan.FromSeconds(-1) },
        };
        await Assert.ThrowsAsync<ArgumentException>(() => CimEmulator.StartAsync(options));
    }

    private static EmulatorOptions Fast() => new() { Solver = SimulatorSolver.Annealing(20), Rows = 2 };

    private static string Part(string name, string value) => $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    private static string Csv(int[,] matrix) => string.Join('\n', Enumerable.Range(0, matrix.GetLength(0))
        .Select(i => string.Join(',', Enumerable.Range(0, matrix.GetLength(1)).Select(j => matrix[i, j]))));

    private static double Form(int[,] matrix, int[] x) =>
        Enumerable.Range(0, x.Length).Sum(i => Enumerable.Range(0, x.Length).Sum(j => matrix[i, j] * x[i] * x[j]));

    // Answers when it is let go; the first calls fail.
    private sealed class HeldSolver : IIsingSolver
    {
        private int _calls;

        public ManualResetEventSlim Go { get; } = new();

        public int FailingCalls { get; init; }

        public int Calls => _calls;

        public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed) =>
            Solve(matrix, size, count, seed, CancellationToken.None);

        public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed, CancellationToken cancellationToken)
        {
            int call = Interlocked.Increment(ref _calls);
            Go.Wait(cancellationToken);
            return call > FailingCalls ? new InstantSolver().Solve(matrix, size, count, seed) : throw new InvalidOperationException("out of order");
        }
    }
}
