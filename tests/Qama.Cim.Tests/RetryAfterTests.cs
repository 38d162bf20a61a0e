using System.Collections.Concurrent;
using System.Globalization;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>A machine that asks to be left alone for a while.</summary>
public class RetryAfterTests
{
    [Theory]
    [InlineData("POST /sso/", 429, "3")]
    [InlineData("POST /sso/", 503, "date")]
    [InlineData("POST /api/", 429, "3")]
    [InlineData("POST /api/", 503, "date")]
    [InlineData("GET /api/", 429, "3")]
    [InlineData("GET /api/", 503, "date")]
    [InlineData("GET /api/", 500, "3")]
    public async Task Is_asked_again_when_the_time_is_over_and_not_before(string request, int status, string after)
    {
        var time = new FastTime();
        await using var server = new BusyServer(time, request, status, after, answers: 2);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await SampleAsync(server, journal, time);
        Assert.Equal(JournalState.Done, Assert.Single(await journal.ListAsync()).State);
        Assert.Equal(1, Assert.Single(await journal.ListAsync()).Submissions);
        (string Line, TimeSpan At)[] busy = [.. server.Requests.Where(r => r.Line.StartsWith(request, StringComparison.Ordinal)).Take(3)];
        Assert.True(busy[1].At - busy[0].At >= TimeSpan.FromSeconds(2.9), $"{busy[1].At - busy[0].At}");
        Assert.True(busy[2].At - busy[1].At >= TimeSpan.FromSeconds(2.9), $"{busy[2].At - busy[1].At}");
    }

    [Fact]
    public async Task Whoever_else_would_ask_waits_too()
    {
        var time = new FastTime();
        await using var server = new BusyServer(time, "POST /api/", 429, "100", answers: 1);
        await using var transport = new QbosonTransport(
            Client.Http(server.Address) with { MaxAttempts = 1 }, new CimCredentials(Client.User, Client.Code), time);
        CimPlan plan = await PlanAsync();
        var matrix = new int[64];
        CimNotAcceptedException busy = await Assert.ThrowsAsync<CimNotAcceptedException>(
            () => transport.SubmitAsync(plan.Tasks[0].Task, matrix, default).AsTask());
        Assert.Equal(TimeSpan.FromSeconds(100), busy.RetryAfter);
        await transport.QueryAsync(plan.Tasks[0].Task, "77", default);
        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(100));
        await transport.QueryAsync(plan.Tasks[0].Task, "77", default);
        Assert.Single(time.Waits);
    }

    [Theory]
    [InlineData("301", 301)]
    [InlineData("99999999999999999999", null)]
    [InlineData("Tue, 03 Feb 2032 04:05:06 GMT", 31_536_000)]
    public async Task Who_is_asked_to_wait_longer_than_allowed_does_not_try_again(string after, int? seconds)
    {
        var time = new FastTime();
        await using var server = new BusyServer(time, "POST /api/", 429, after, answers: 1);
        await using CimJournal journal = CimJournal.Open(":memory:");
        CimTasksException e = await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(server, journal, time));
        TaskFailure failure = Assert.Single(e.Failures);
        Assert.Equal(JournalState.Prepared, failure.State);
        TimeSpan? asked = Assert.IsType<CimNotAcceptedException>(failure.Cause).RetryAfter;
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : TimeSpan.MaxValue, asked);
        Assert.Empty(time.Waits);

        // The next run is not held up.
        await SampleAsync(server, journal, time);
        Assert.Equal(JournalState.Done, Assert.Single(await journal.ListAsync()).State);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("Mon, 02 Feb 2031 04:05:06 GMT")]
    [InlineData("Sun, 02 Feb 2031 04:05:06 GMT")]
    [InlineData("")]
    public async Task What_asks_for_no_time_is_as_if_it_were_not_there(string after)
    {
        var time = new FastTime();
        await using var server = new BusyServer(time, "POST /api/", 429, after, answers: 2);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await SampleAsync(server, journal, time);
        Assert.Equal(JournalState.Done, Assert.Single(await journal.ListAsync()).State);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_leaves_the_task_prepared()
    {
        await using var server = new BusyServer(TimeProvider.System, "POST /api/", 429, "250", answers: int.MaxValue);
        await using CimJournal journal = CimJournal.Open(":memory:");
        using var stop = new CancellationTokenSource();
        Task run = SampleAsync(server, journal, TimeProvider.System, stop.Token);
        while (!server.Requests.Any(r => r.Line.StartsWith("POST /api/", StringComparison.Ordinal)))
        {
            await Task.Delay(1);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(JournalState.Prepared, Assert.Single(await journal.ListAsync()).State);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(90_000)]
    public void The_longest_wait_has_a_range(int seconds) => Assert.Throws<ArgumentException>(() => new QbosonTransport(
        new QbosonOptions { MaxRetryAfter = TimeSpan.FromSeconds(seconds) }, new CimCredentials("a", "b")));

    private static async Task<CimPlan> PlanAsync()
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport();
        return await new CimSampler(machine, journal, Client.Fast).PlanAsync(Client.Problems(1));
    }

    private static async Task SampleAsync(BusyServer server, CimJournal journal, TimeProvider time, CancellationToken stop = default)
    {
        await using var transport = new QbosonTransport(Client.Http(server.Address), new CimCredentials(Client.User, Client.Code), time);
        await new CimSampler(transport, journal, Client.Fast).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default, stop);
    }

    // Busy for the first requests of a kind; notes when each request came.
    private sealed class BusyServer : IAsyncDisposable
    {
        private readonly RawServer _server;

        public BusyServer(TimeProvider time, string request, int status, string after, int answers)
        {
            long start = time.GetTimestamp();
            int left = answers;
            _server = new RawServer((asked, stream, stop) =>
            {
                Requests.Enqueue((asked.Split('\r')[0], time.GetElapsedTime(start)));
                string header = after == "date" ? (time.GetUtcNow() + TimeSpan.FromSeconds(3)).ToString("R", CultureInfo.InvariantCulture) : after;
                byte[] answer = asked.StartsWith(request, StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0
                    ? RawServer.Json("", $"{status} Busy\r\nRetry-After: {header}")
                    : RawServer.Json(asked.StartsWith("POST /sso/", StringComparison.Ordinal) ? """{"code":"0","data":{"token":"abcdef"}}"""
                        : RawServer.IsSubmission(asked) ? """{"code":"0","data":{"task_id":77}}"""
                        : """{"code":"0","data":{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,1]]}}""");
                return stream.WriteAsync(answer, stop).AsTask();
            }, answersLogins: false);
        }

        public ConcurrentQueue<(string Line, TimeSpan At)> Requests { get; } = new();

        public Uri Address => _server.Address;

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
