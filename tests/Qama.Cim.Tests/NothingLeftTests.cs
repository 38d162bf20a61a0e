using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Qama.Cim.Journal;
using Qama.Cim.Kaiwu;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Whatever fails before a submission leaves this computer: the task stays prepared and nothing is counted.</summary>
public class NothingLeftTests
{
    private const string Accepted = """{"code":"0","msg":"","data":{"task_id":77}}""";

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("\"\u00ff\"")] // as one byte: no UTF-8
    [InlineData("\"\"")]
    [InlineData("\"a b\"")]
    [InlineData("\"a\\r\\nX-Other: 1\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[\"x\"]")]
    public async Task A_login_without_a_usable_token_costs_nothing(string token)
    {
        byte[] body = Encoding.Latin1.GetBytes($$$"""{"code":"0","msg":"","data":{"token":{{{token}}}}}""");
        await NothingLeavesAsync(stop => [.. Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body]);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")]
    [InlineData("HTTP/1.1 422 Bad\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 500 Bad\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{")]
    [InlineData("nonsense")]
    [InlineData("")]
    public Task A_login_that_fails_costs_nothing(string answer) => NothingLeavesAsync(_ => Encoding.ASCII.GetBytes(answer));

    [Fact]
    public async Task A_connection_that_never_comes_about_costs_nothing()
    {
        // It waits for a TLS handshake that the other side does not know of.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var server = new RawServer((_, _, _) => Task.CompletedTask);
        await using CimJournal journal = CimJournal.Open(":memory:");
        QbosonOptions http = Client.Http(server.Address) with
        {
            TaskAddress = new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"),
            SubmissionTimeout = TimeSpan.FromMilliseconds(100),
            MaxAttempts = 2,
        };
        await IsPreparedAsync(journal, await FailureAsync(http, journal));
    }

    [Fact]
    public async Task A_closed_transport_costs_nothing()
    {
        await using var server = new RawServer((_, stream, stop) => stream.WriteAsync(RawServer.Json(Accepted), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        var transport = new QbosonTransport(Client.Http(server.Address) with { MaxAttempts = 1 }, new CimCredentials("a", "b"));
        await transport.DisposeAsync();
        await IsPreparedAsync(journal, await FailureAsync(transport, journal));
        Assert.Equal(0, server.Submissions);
    }

    [PythonTheory]
    [InlineData("1.1")]
    [InlineData("1.4")]
    public async Task A_closed_worker_costs_nothing(string generation)
    {
        using var folder = new TemporaryFolder();
        KaiwuTransport transport = await KaiwuTests.StartAsync("v" + generation, folder);
        await transport.DisposeAsync();
        await using CimJournal journal = CimJournal.Open(":memory:");
        await IsPreparedAsync(journal, await FailureAsync(transport, journal, Client.Fast with { Form = Packing.UploadForm.Ising }));
    }

    [PythonTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_the_worker_does_not_get_whole_costs_nothing(bool isEnded)
    {
        using var folder = new TemporaryFolder();
        var credentials = new CimCredentials(Client.User, Client.Code);
        await using KaiwuWorker worker = await KaiwuWorker.StartAsync(
            KaiwuTests.StandIn("v1.1", folder), credentials, Redactor.For(credentials), CancellationToken.None);
        if (isEnded)
        {
            worker.Kill();
            while (!worker.HasExited)
            {
                await Task.Delay(5);
            }
        }

        await Assert.ThrowsAsync<CimNotAcceptedException>(
            () => worker.SolveAsync("qama-1", new int[4], 2, new CancellationToken(canceled: !isEnded)));
    }

    [Fact]
    public async Task A_logger_that_fails_changes_nothing_of_what_the_journal_says()
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var transport = new ScriptedTransport();
        Task SampleAsync(int failing, ulong seed) => new CimSampler(transport, journal, Client.Fast, new FailingLogger(failing))
            .SampleAsync(Client.Problems(1, seed: seed), new SampleSet(1, 1, 8), default).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => SampleAsync(1, 1)); // it leaves
        Assert.Equal((JournalState.Prepared, 0), (Assert.Single(await journal.ListAsync()).State, await journal.SubmittedTodayAsync()));
        Assert.Equal(0, transport.MostAtATime);
        await Assert.ThrowsAsync<InvalidOperationException>(() => SampleAsync(2, 1)); // it is accepted
        Assert.Equal((JournalState.Running, 1), (Assert.Single(await journal.ListAsync()).State, await journal.SubmittedTodayAsync()));
        await SampleAsync(0, 1);
        Assert.Equal((JournalState.Done, 1), (Assert.Single(await journal.ListAsync()).State, await journal.SubmittedTodayAsync()));
    }

    [Theory]
    [InlineData(JournalState.Unknown)]
    [InlineData(JournalState.Failed)]
    public async Task A_task_that_does_not_leave_again_is_what_it_was_before(JournalState state)
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        QbosonOptions http;
        await using (var server = new RawServer((_, _, _) => Task.CompletedTask))
        {
            http = Client.Http(server.Address) with { MaxAttempts = 1 };
            TaskFailure first = await FailureAsync(http, journal);
            await journal.EndAsync(first.Key, state, "as it was");
        }

        var again = Client.Fast with { ResubmitUnknown = true, ResubmitFailed = true };
        for (int attempt = 0; attempt < 2; attempt++)
        {
            TaskFailure failure = await FailureAsync(http, journal, again);
            Assert.Contains("cannot be reached", failure.Reason, StringComparison.Ordinal);
        }

        JournalEntry entry = Assert.Single(await journal.ListAsync());
        Assert.Equal((state, "as it was", 1, 1), (entry.State, entry.Reason, entry.Submissions, await journal.SubmittedTodayAsync()));
        await Assert.ThrowsAsync<ArgumentException>(() => journal.ReleaseAsync(entry.Key, "", JournalState.Done));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(10675199)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Times_that_no_timer_takes_are_refused_by_name(int days)
    {
        TimeSpan time = TimeSpan.FromDays(days);
        void Refused(string name, Action create) => Assert.Equal(name, Assert.Throws<ArgumentException>(create).ParamName);
        void Sampler(CimSamplerOptions options) => _ = new CimSampler(new ScriptedTransport(), CimJournal.Open(":memory:"), options);
        void Http(QbosonOptions options) => _ = new QbosonTransport(options, new CimCredentials("a", "b"));
        void Sdk(KaiwuOptions options) => KaiwuTransport.StartAsync(options, new CimCredentials("a", "b")).GetAwaiter().GetResult();
        Refused("PollInterval", () => Sampler(new() { PollInterval = time, MaxPollInterval = time }));
        Refused("MaxPollInterval", () => Sampler(new() { MaxPollInterval = time }));
        Refused("RequestTimeout", () => Http(new() { RequestTimeout = time }));
        Refused("SubmissionTimeout", () => Http(new() { SubmissionTimeout = time }));
        Refused("StartTimeout", () => Sdk(new() { StartTimeout = time }));
        Refused("TimeLimit", () => Sdk(new() { TimeLimit = time }));
        if (days != 0)
        {
            Refused("RetryDelay", () => Http(new() { RetryDelay = time }));
            Refused("StopGrace", () => Sdk(new() { StopGrace = time }));
        }

        if (days <= 0)
        {
            Refused("TaskTimeout", () => Sampler(new() { TaskTimeout = time }));
        }
    }

    [Fact]
    public async Task The_longest_times_work()
    {
        TimeSpan longest = TimeSpan.FromDays(49);
        await using Client client = await Client.StartAsync(
            options: Client.Fast with { TaskTimeout = TimeSpan.MaxValue, MaxPollInterval = longest },
            http: o => o with { RequestTimeout = longest, SubmissionTimeout = longest, RetryDelay = TimeSpan.FromDays(1) });
        await client.SampleAsync(Client.Problems(1));
        Assert.Equal(1, client.Emulator.Accepted);
    }

    private static async Task NothingLeavesAsync(Func<CancellationToken, byte[]> login)
    {
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(
            request.StartsWith("POST /sso/", StringComparison.Ordinal) ? login(stop) : RawServer.Json(Accepted), stop).AsTask(), answersLogins: false);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await IsPreparedAsync(journal, await FailureAsync(Client.Http(server.Address) with { MaxAttempts = 2 }, journal));
        Assert.Equal(0, server.Submissions);
    }

    private static async Task IsPreparedAsync(CimJournal journal, TaskFailure failure)
    {
        Assert.True(failure.Cause is CimNotAcceptedException or CimConfigurationException, failure.ToString());
        JournalEntry entry = Assert.Single(await journal.ListAsync());
        Assert.Equal((JournalState.Prepared, 0, 0), (entry.State, entry.Submissions, await journal.SubmittedTodayAsync()));
    }

    private static async Task<TaskFailure> FailureAsync(QbosonOptions http, CimJournal journal, CimSamplerOptions? options = null)
    {
        await using var transport = new QbosonTransport(http, new CimCredentials(Client.User, Client.Code));
        return await FailureAsync(transport, journal, options);
    }

    private static async Task<TaskFailure> FailureAsync(ICimTransport transport, CimJournal journal, CimSamplerOptions? options = null) =>
        Assert.Single((await Assert.ThrowsAsync<CimTasksException>(() => new CimSampler(transport, journal, options ?? Client.Fast)
            .SampleAsync(Client.Problems(1, 4), new SampleSet(1, 1, 4), default).AsTask())).Failures);

    private sealed class FailingLogger(int eventId) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (id.Id == eventId)
            {
                throw new InvalidOperationException("the logger is broken");
            }
        }
    }
}
