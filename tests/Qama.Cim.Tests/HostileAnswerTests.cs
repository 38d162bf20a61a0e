using System.Text;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Each endpoint, each property, each thing that can stand there: the outcome is always a state of the
/// journal and an exception
/// that is documented.</summary>
public class HostileAnswerTests
{
    private static readonly int[] Statuses =
    [
        201, 202, 204, 206, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 413, 414, 415,
        421, 422, 423, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599,
    ];

    private static readonly string Token = HostileJson.Object(("code", "\"0\""), ("msg", "\"\""), ("data", "{\"token\":\"abcdef\"}"));
    private static readonly string Accepted = HostileJson.Object(("code", "\"0\""), ("msg", "\"\""), ("data", "{\"task_id\":77}"));
    private static readonly (string, string?)[] Solution =
        [("task_status", "2"), ("qubo_value", "[-1.5]"), ("qubo_solution_data", "[[0,1,0,1,0,1,0,1]]"), ("desc", "\"\"")];

    private static readonly string Done =
        HostileJson.Object(("code", "\"0\""), ("msg", "\"\""), ("data", HostileJson.Object(Solution)));

    [Fact]
    public async Task A_login_that_goes_wrong_leaves_the_task_prepared()
    {
        IEnumerable<string> bodies = Answers("token", "\"abcdef\"").Concat(HostileJson.Damaged(Token));
        await EachAsync(bodies.Select(b => Whole(b)).Concat(Statuses.Select(s => Whole(Token, s))), Endpoint.Login, (seen, what) =>
        {
            Assert.True(seen.State is JournalState.Prepared or JournalState.Done, what);
            Assert.True(seen.State == JournalState.Done || (seen.Submissions == 0 && seen.Today == 0 && seen.Cause is not null), what);
        });
    }

    [Fact]
    public async Task A_submission_whose_answer_is_damaged_is_unknown_unless_the_id_is_there()
    {
        IEnumerable<string> bodies = Answers("task_id", "77").Concat(HostileJson.Damaged(Accepted));
        await EachAsync(bodies.Select(b => Whole(b)), Endpoint.Submission, (seen, what) =>
        {
            Assert.True(seen.State is JournalState.Unknown or JournalState.Done or JournalState.Running, what);
            Assert.True(seen is { Submissions: 1, Today: 1 }, what);
        });
    }

    [Fact]
    public async Task Only_a_status_that_says_so_lets_a_submission_be_refused_or_repeated()
    {
        int[] notLookedAt = [401, 403, 404, 405, 429, 503, 300, 301, 304, 305, 307, 308];
        await EachAsync(Statuses.Where(s => s > 299).Select(s => Whole("{\"code\":\"1\",\"msg\":\"no\"}", s)), Endpoint.Submission, (seen, what) =>
        {
            int status = int.Parse(what[..3], System.Globalization.CultureInfo.InvariantCulture);
            JournalState expected = notLookedAt.Contains(status) ? JournalState.Prepared
                : status is < 400 or 408 or 409 or >= 500 ? JournalState.Unknown : JournalState.Failed;
            Assert.True(seen.State == expected, $"{what}: {seen}");
            // Two attempts, and in each a new token where the old one is refused.
            Assert.True(seen.Submissions == (status is 401 or 403 ? 4 : status is 429 or 503 ? 2 : 1), what);
            Assert.True(seen.Today == (expected == JournalState.Prepared ? 0 : 1), what);
        });
    }

    [Theory]
    [InlineData(401, JournalState.Prepared)]
    [InlineData(404, JournalState.Prepared)]
    [InlineData(422, JournalState.Failed)]
    public async Task A_status_decides_although_what_is_said_with_it_is_cut_off(int status, JournalState expected)
    {
        await using var server = new RawServer((_, stream, stop) => stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{{\"code\":\"0\","), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        await SampleAsync(server.Address, journal, "cut off");
        Assert.Equal(expected, Assert.Single(await journal.ListAsync()).State);
    }

    [Fact]
    public async Task A_query_that_goes_wrong_leaves_the_task_running_to_be_asked_again()
    {
        IEnumerable<string> bodies = Answers(null, null)
            .Concat(HostileJson.Mutations(Solution).Select(m => Success(m.Json)))
            .Concat(HostileJson.Values.Where(v => v is not null).SelectMany(v => new[]
            {
                Success(HostileJson.Object(("task_status", "2"), ("qubo_value", $"[{v}]"), ("qubo_solution_data", "[[0,1,0,1,0,1,0,1]]"))),
                Success(HostileJson.Object(("task_status", "2"), ("qubo_value", "[1]"), ("qubo_solution_data", $"[{v}]"))),
                Success(HostileJson.Object(("task_status", "2"), ("qubo_value", "[1]"), ("qubo_solution_data", $"[[0,1,0,{v},0,1,0,1]]"))),
            }))
            .Concat(HostileJson.Damaged(Done));
        await EachAsync(bodies.Select(b => Whole(b)).Concat(Statuses.Select(s => Whole(Done, s))), Endpoint.Query, (seen, what) =>
        {
            Assert.True(seen.State is JournalState.Running or JournalState.Done, what);
            Assert.True(seen.Submissions == 1 && (seen.State == JournalState.Done || seen.Cause is not null), what);
        });
    }

    [Fact]
    public async Task A_failed_task_has_failed_whatever_its_description_is()
    {
        IEnumerable<string> bodies = HostileJson.Values
            .Where(v => v is not ("NaN" or null) && !v.StartsWith("[[[", StringComparison.Ordinal) && !v.Contains("\"a\":2", StringComparison.Ordinal))
            .Select(v => Success(HostileJson.Object(("task_status", "3"), ("desc", v))));
        await EachAsync(bodies.Select(b => Whole(b)), Endpoint.Query, (seen, what) => Assert.True(seen.State == JournalState.Failed, $"{what}: {seen}"));
    }

    // The envelope of an answer and the property that matters in it.
    private static IEnumerable<string> Answers(string? name, string? value)
    {
        string data = name is null ? HostileJson.Object(Solution) : HostileJson.Object((name, value));
        IEnumerable<string> envelope = HostileJson.Mutations(("code", "\"0\""), ("msg", "\"\""), ("data", data)).Select(m => m.Json);
        return name is null ? envelope : envelope.Concat(HostileJson.Values.Select(v => Success(HostileJson.Object((name, v)))));
    }

    private static string Success(string data) => $"{{\"code\":\"0\",\"msg\":\"\",\"data\":{data}}}";

    private static (int Status, string Body) Whole(string body, int status = 200) => (status, body);

    private static async Task EachAsync(IEnumerable<(int Status, string Body)> answers, Endpoint hostile, Action<Seen, string> check)
    {
        (int Status, string Body)[] all = [.. answers];
        Assert.True(all.Length > 10);
        (int Status, string Body) current = default;
        await using var server = new RawServer((request, stream, stop) =>
        {
            Endpoint asked = request.StartsWith("POST /sso/", StringComparison.Ordinal) ? Endpoint.Login
                : RawServer.IsSubmission(request) ? Endpoint.Submission : Endpoint.Query;
            string good = asked == Endpoint.Login ? Token : asked == Endpoint.Submission ? Accepted : Done;
            (int status, string body) = asked == hostile ? current : (200, good);
            byte[] content = HostileJson.Bytes(body);
            byte[] head = Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status} x\r\nContent-Length: {content.Length}\r\nLocation: /elsewhere\r\nConnection: close\r\n\r\n");
            return stream.WriteAsync((byte[])[.. head, .. content], stop).AsTask();
        }, answersLogins: false);
        foreach ((int Status, string Body) answer in all)
        {
            current = answer;
            string what = $"{answer.Status} {answer.Body[..Math.Min(300, answer.Body.Length)]}";
            await using CimJournal journal = CimJournal.Open(":memory:");
            int before = server.Submissions;
            Exception? cause = await SampleAsync(server.Address, journal, what);
            JournalEntry entry = Assert.Single(await journal.ListAsync());
            int first = server.Submissions - before;
            if (entry.State == JournalState.Unknown)
            {
                // Not by itself.
                await SampleAsync(server.Address, journal, what);
                Assert.True(first == server.Submissions - before, what);
            }

            check(new Seen(entry.State, cause, first, await journal.SubmittedTodayAsync()), what);
        }
    }

    private static async Task<Exception?> SampleAsync(Uri address, CimJournal journal, string what)
    {
        QbosonOptions http = Client.Http(address) with { MaxAttempts = 2, RetryDelay = TimeSpan.Zero };
        await using var transport = new QbosonTransport(http, new CimCredentials(Client.User, Client.Code));
        var time = new FastTime();
        Exception? thrown = await Record.ExceptionAsync(async () => await new CimSampler(
            transport, journal, Client.Fast with { TaskTimeout = TimeSpan.FromMilliseconds(50) }, time: time)
            .SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default));
        if (thrown is null)
        {
            return null;
        }

        TaskFailure failure = Assert.Single((thrown as CimTasksException ?? throw new InvalidOperationException(what, thrown)).Failures);
        Assert.True(failure.Cause is null or (CimException and not CimJournalException), $"{what}: {failure.Cause}");
        Assert.NotEqual("", failure.Reason);
        return failure.Cause ?? thrown;
    }

    private enum Endpoint
    {
        Login,
        Submission,
        Query,
    }

    private sealed record Seen(JournalState State, Exception? Cause, int Submissions, int Today);
}
