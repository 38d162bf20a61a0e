using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Tasks that the machine does not know any more, and how they are given up.</summary>
public class ForgottenTaskTests
{
    private const string Accepted = """{"code":"0","msg":"","data":{"task_id":77}}""";
    private const string Done = """{"code":"0","data":{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,1]]}}""";

    [Theory]
    [InlineData("404 Not Found", """{"code":"404","msg":"task not found, CODE-s3cr3t-not-for-logs"}""", "task not found, ***")]
    [InlineData("404 Not Found", "<html>no page</html>", "<html>no page</html>")]
    [InlineData("404 Not Found", "", "no reason given")]
    [InlineData("410 Gone", """{"code":"410","msg":"expired"}""", "expired")]
    public async Task A_task_that_is_not_known_is_said_to_be_and_given_up_when_told(string status, string body, string told)
    {
        bool isKnown = false;
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(
            RawServer.IsSubmission(request) ? RawServer.Json(Accepted) : isKnown ? RawServer.Json(Done) : RawServer.Json(body, status), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal, Client.Fast);
        Assert.IsType<CimTaskNotFoundException>(failure.Cause);
        Assert.Equal((JournalState.Running, "77"), (failure.State, failure.TaskId));
        Assert.Contains("does not know the task: " + told, failure.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Client.Code, failure.Reason, StringComparison.Ordinal);
        Assert.Contains($"journal.EndAsync(\"{failure.Key}\", JournalState.Unknown, reason)", failure.Reason, StringComparison.Ordinal);

        // What the message says to do.
        await journal.EndAsync(failure.Key, JournalState.Unknown, "deleted at the machine");
        TaskFailure given = await FailureAsync(server, journal, Client.Fast);
        Assert.Equal((JournalState.Unknown, "deleted at the machine"), (given.State, given.Reason));
        Assert.Equal(1, server.Submissions);
        isKnown = true;
        await SampleAsync(server, journal, Client.Fast with { ResubmitUnknown = true });
        Assert.Equal((JournalState.Done, 2), (Assert.Single(await journal.ListAsync()).State, server.Submissions));
    }

    [Fact]
    public async Task A_task_whose_state_is_not_told_says_how_it_is_given_up()
    {
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(
            RawServer.Json(RawServer.IsSubmission(request) ? Accepted : """{"code":"40400","msg":"no such task"}"""), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal, Client.Fast);
        Assert.IsType<CimNotFinishedException>(failure.Cause);
        Assert.Contains("no such task (code 40400). If it never will again", failure.Reason, StringComparison.Ordinal);
        await journal.EndAsync(failure.Key, JournalState.Failed, "given up");
        Assert.Equal(JournalState.Failed, (await FailureAsync(server, journal, Client.Fast)).State);
    }

    [Fact]
    public async Task An_address_without_the_interface_is_said_to_be_for_a_submission()
    {
        await using var server = new RawServer((_, stream, stop) => stream.WriteAsync(RawServer.Json("<html>nginx", "404 Not Found"), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(server, journal, Client.Fast);
        Assert.Equal(JournalState.Prepared, failure.State);
        Assert.Contains("has no such interface: <html>nginx (HTTP 404", failure.Reason, StringComparison.Ordinal);
    }

    private static async Task<TaskFailure> FailureAsync(RawServer server, CimJournal journal, CimSamplerOptions options) =>
        Assert.Single((await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(server, journal, options))).Failures);

    private static async Task SampleAsync(RawServer server, CimJournal journal, CimSamplerOptions options)
    {
        await using var transport = new QbosonTransport(Client.Http(server.Address), new CimCredentials(Client.User, Client.Code));
        await new CimSampler(transport, journal, options).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default);
    }
}
