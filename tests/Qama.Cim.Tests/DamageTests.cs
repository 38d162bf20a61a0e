using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Servers that break the protocol.</summary>
public class DamageTests
{
    private const string Accepted = """{"code":"0","msg":"","data":{"task_id":77}}""";

    [Theory]
    [InlineData("")] // the connection ends
    [InlineData("this is not HTTP\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"code\":\"0\"")] // cut off
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"code\":\"0\",\"data\":{}}")] // no id
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"code\":\"0\",\"data\":[]}")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1]")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"code\":null}")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{")]
    [InlineData("HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Oops\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 504 Oops\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 408 Oops\r\nConnection: close\r\n\r\n")]
    public async Task A_submission_whose_outcome_cannot_be_known_is_unknown_and_never_repeated(string answer)
    {
        await using var server = new RawServer((_, stream, stop) => stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        for (int attempt = 0; attempt < 3; attempt++)
        {
            TaskFailure failure = await FailureAsync(server, journal);
            Assert.Equal(JournalState.Unknown, failure.State);
        }

        Assert.Equal(1, server.Submissions);
    }

    [Fact]
    public async Task An_unknown_task_is_submitted_again_when_told_to()
    {
        int submissions = 0;
        await using var server = new RawServer((request, stream, stop) => !RawServer.IsSubmission(request)
            ? stream.WriteAsync(Done(), stop).AsTask()
            : Interlocked.Increment(ref submissions) == 1
                ? Task.CompletedTask
                : stream.WriteAsync(RawServer.Json(Accepted), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        Assert.Equal(JournalState.Unknown, (await FailureAsync(server, journal)).State);
        await SampleAsync(server, journal, Client.Fast with { ResubmitUnknown = true });
        JournalEntry entry = Assert.Single(await journal.ListAsync());
        Assert.Equal((JournalState.Done, 2), (entry.State, entry.Submissions));
    }

    [Fact]
    public async Task A_submission_without_an_answer_in_time_is_unknown()
    {
        await using var server = new RawServer((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal, o => o with { SubmissionTimeout = TimeSpan.FromMilliseconds(150) });
        Assert.Equal(JournalState.Unknown, failure.State);
        Assert.Contains("0.15 s", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("503 Busy")]
    [InlineData("429 Too many")]
    [InlineData("401 No")]
    public async Task What_certainly_was_not_accepted_is_tried_again(string status)
    {
        int submissions = 0;
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(
            !RawServer.IsSubmission(request) ? Done()
            : Interlocked.Increment(ref submissions) <= 1 ? RawServer.Json("", status) : RawServer.Json(Accepted), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        await SampleAsync(server, journal, Client.Fast);
        Assert.Equal(2, server.Submissions);
        Assert.Equal(1, Assert.Single(await journal.ListAsync()).Submissions);
    }

    [Fact]
    public async Task A_machine_that_cannot_be_reached_leaves_the_task_prepared()
    {
        var server = new RawServer((_, _, _) => Task.CompletedTask);
        await server.DisposeAsync();
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal, o => o with { MaxAttempts = 3 });
        Assert.Equal(JournalState.Prepared, failure.State);
        Assert.IsType<CimNotAcceptedException>(failure.Cause);
        Assert.Equal(0, await journal.SubmittedTodayAsync());
    }

    [Fact]
    public async Task Redirects_are_refused_and_the_token_goes_nowhere_else()
    {
        int elsewhere = 0;
        await using var other = new RawServer((_, _, _) => Task.FromResult(Interlocked.Increment(ref elsewhere)), answersLogins: false);
        await using var server = new RawServer((_, stream, stop) => stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(
            $"HTTP/1.1 307 Moved\r\nLocation: {other.Address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal);
        Assert.Equal(JournalState.Prepared, failure.State);
        Assert.Contains("redirects", failure.Reason, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        await using var server = new RawServer(async (_, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray(), stop);
            var zeros = new byte[8192];
            while (true)
            {
                await stream.WriteAsync(zeros, stop);
            }
        });
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal, o => o with { MaxResponseBytes = 100_000 });
        Assert.Contains("more than the 100000 bytes", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"task_status":7}""")]
    [InlineData("""{"task_status":2}""")]
    [InlineData("""{"task_status":2,"qubo_value":[],"qubo_solution_data":[]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1,2],"qubo_solution_data":[[0,1,0,1,0,1,0,1]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,1,1,1]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,-1]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,2]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,0.5]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,1,1]]}""")] // bits with an auxiliary one
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,true]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":[-109]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[1],"qubo_solution_data":["0101"]}""")]
    [InlineData("""{"task_status":2,"qubo_value":["x"],"qubo_solution_data":[[0,1,0,1,0,1,0,1]]}""")]
    public async Task An_answer_that_is_wrong_is_reported_and_the_task_stays_to_be_asked_again(string data)
    {
        bool isHealed = false;
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(
            RawServer.IsSubmission(request) ? RawServer.Json(Accepted)
            : isHealed ? Done() : RawServer.Json($$"""{"code":"0","msg":"","data":{{data}}}"""), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal, o => o with { MaxAttempts = 2 });
        Assert.Equal((JournalState.Running, "77"), (failure.State, failure.TaskId));
        Assert.IsType<CimAnswerException>(failure.Cause);
        isHealed = true;
        await SampleAsync(server, journal, Client.Fast);
        Assert.Equal(1, server.Submissions);
    }

    [Theory]
    [InlineData("""{"task_status":"2","qubo_value":["-5"],"qubo_solution_data":["01010101"]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[-5.5],"qubo_solution_data":["[0, 1, 0, 1, 0, 1, 0, 1]"]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[-5.5],"qubo_solution_data":[["0","1","0","1","0","1","0","1"]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[-5.5],"qubo_solution_data":[[-1,1,-1,1,-1,1,-1,1]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[-5.5],"qubo_solution_data":[[1,-1,1,-1,1,-1,1,-1,-1]]}""")]
    [InlineData("""{"task_status":2,"qubo_value":[-5.5],"qubo_solution_data":[[0.0,1.0,0,1,0,1,0,1e0]]}""")]
    public async Task Plausible_forms_of_a_solution_mean_the_same(string data)
    {
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(
            RawServer.Json(RawServer.IsSubmission(request) ? Accepted : $$"""{"code":"0","data":{{data}}}"""), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        SampleSet result = await SampleAsync(server, journal, Client.Fast);
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], result.State(0).ToArray());
    }

    [Fact]
    public async Task The_request_is_what_the_known_client_of_the_interface_sends()
    {
        string? submission = null;
        string? login = null;
        await using var server = new RawServer((request, stream, stop) =>
        {
            if (request.StartsWith("POST /sso/access_token/ ", StringComparison.Ordinal))
            {
                login = request;
                return stream.WriteAsync(RawServer.Json("""{"code":"0","msg":"","data":{"token":"abc"}}"""), stop).AsTask();
            }

            submission = RawServer.IsSubmission(request) ? request : submission;
            return stream.WriteAsync(RawServer.IsSubmission(request) ? RawServer.Json(Accepted) : Done(), stop).AsTask();
        }, answersLogins: false);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await SampleAsync(server, journal, Client.Fast);
        string name = Assert.Single(await journal.ListAsync()).Name;
        Assert.EndsWith($$"""{"user_id":"{{Client.User}}","sdk_code":"{{Client.Code}}"}""", login, StringComparison.Ordinal);
        Assert.StartsWith("POST /api/system/business/task/ HTTP/1.1\r\n", submission, StringComparison.Ordinal);
        Assert.Contains("\r\nAuthorization: JWT abc\r\n", submission, StringComparison.Ordinal);
        Assert.Contains($"form-data; name=\"url\"; filename=\"{name}.csv\"\r\n", submission, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/csv\r\n", submission, StringComparison.Ordinal);
        Assert.Contains($"name=\"task_name\"\r\n\r\n{name}\r\n", submission, StringComparison.Ordinal);
        Assert.Contains($"name=\"name\"\r\n\r\n{name}.csv\r\n", submission, StringComparison.Ordinal);
        Assert.Contains("name=\"is_qubo\"\r\n\r\nTrue\r\n", submission, StringComparison.Ordinal);
        Assert.Contains("name=\"machine_name\"\r\n\r\nCPQC-550\r\n", submission, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("https://user:pass@example.com")]
    public void Only_https_is_taken_off_loopback(string address)
    {
        var options = new QbosonOptions { TaskAddress = new Uri(address) };
        Assert.Throws<ArgumentException>(() => new QbosonTransport(options, new CimCredentials("a", "b")));
    }

    private static byte[] Done() =>
        RawServer.Json("""{"code":"0","msg":"","data":{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,1]]}}""");

    private static async Task<TaskFailure> FailureAsync(RawServer server, CimJournal journal, Func<QbosonOptions, QbosonOptions>? change = null) =>
        Assert.Single((await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(server, journal, Client.Fast, change))).Failures);

    private static async Task<SampleSet> SampleAsync(
        RawServer server, CimJournal journal, CimSamplerOptions options, Func<QbosonOptions, QbosonOptions>? change = null)
    {
        QbosonOptions http = Client.Http(server.Address);
        await using var transport = new QbosonTransport(change is null ? http : change(http), new CimCredentials(Client.User, Client.Code));
        var result = new SampleSet(1, 1, 8);
        await new CimSampler(transport, journal, options).SampleAsync(Client.Problems(1), result, default);
        return result;
    }
}
