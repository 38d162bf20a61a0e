using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>A server that gives the client's secrets back, in whatever form.</summary>
public class EchoTests
{
    private const string Token = "tok/raw+not_for-logs~0123456789";
    private const string AcceptedStart = "{\"code\":\"0\",\"msg\":\"\",\"data\":{\"task_id\":";

    private static readonly Dictionary<string, Func<string, string>> Encoders = new()
    {
        ["plain"] = s => s,
        ["upper case"] = s => s.ToUpperInvariant(),
        ["JSON"] = s => string.Concat(s.Select(c => $"\\u{(int)c:x4}")),
        ["JSON, some"] = s => string.Concat(s.Select((c, i) => i % 3 == 0 ? $"\\u{(int)c:X4}" : c is '/' or '\\' or '"' ? "\\" + c : c.ToString())),
        ["URL"] = s => string.Concat(Encoding.UTF8.GetBytes(s).Select(b => $"%{b:x2}")),
        ["URL, upper case"] = s => string.Concat(Encoding.UTF8.GetBytes(s).Select(b => $"%{b:X2}")),
        ["URL, what has to be"] = s => Uri.EscapeDataString(s).Replace("-", "%2d", StringComparison.Ordinal),
        ["form"] = s => WebUtility.UrlEncode(s).Replace("-", "%2D", StringComparison.Ordinal),
        ["%u"] = s => string.Concat(s.Select(c => $"%u{(int)c:X4}")),
        ["base64"] = s => Convert.ToBase64String(Encoding.UTF8.GetBytes(s)),
        ["base64, shifted"] = s => Convert.ToBase64String(Encoding.UTF8.GetBytes("x:" + s + ":y")),
        ["base64url"] = s => Convert.ToBase64String(Encoding.UTF8.GetBytes("?" + s)).Replace('+', '-').Replace('/', '_').TrimEnd('='),
        ["base64, lines"] = s => string.Join("\r\n", Convert.ToBase64String(Encoding.UTF8.GetBytes(s)).Chunk(9).Select(c => new string(c))),
        ["base64 of UTF-16"] = s => Convert.ToBase64String(Encoding.Unicode.GetBytes(s)),
        ["hex"] = s => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s)),
        ["hex, shifted"] = s => "a" + Convert.ToHexString(Encoding.UTF8.GetBytes(s)),
        ["hex, dashes"] = s => BitConverter.ToString(Encoding.UTF8.GetBytes(s)),
        ["hex, 0x"] = s => string.Join(", ", Encoding.UTF8.GetBytes(s).Select(b => $"0x{b:x2}")),
        ["C"] = s => string.Concat(Encoding.UTF8.GetBytes(s).Select(b => $"\\x{b:x2}")),
        ["octal"] = s => string.Concat(Encoding.UTF8.GetBytes(s).Select(b => "\\" + Convert.ToString(b, 8).PadLeft(3, '0'))),
        ["bytes"] = s => $"[{string.Join(", ", Encoding.UTF8.GetBytes(s))}]",
        ["HTML"] = s => string.Concat(s.Select(c => $"&#{(int)c};")),
        ["HTML, hexadecimal"] = s => string.Concat(s.Select(c => $"&#x{(int)c:X};")),
        ["HTML, what has to be"] = s => WebUtility.HtmlEncode(s).Replace("-", "&#45;", StringComparison.Ordinal),
        ["quoted-printable"] = s => string.Concat(Encoding.UTF8.GetBytes(s).Select((b, i) => (i % 20 == 19 ? "=\r\n" : "") + $"={b:X2}")),
        ["spaced"] = s => string.Join(' ', s.AsEnumerable()),
    };

    public static TheoryData<string> Names => [.. Encoders.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_redactor_finds_what_is_encoded_once_or_twice(string name)
    {
        string[] outer = [.. Encoders.Keys];
        Property property = Prop.ForAll(
            Gen.Choose(0, 1_000_000).Zip(Gen.Choose(0, outer.Length - 1)).ToArbitrary(),
            input =>
            {
                var random = new Random(input.Item1);
                string secret = Secret(random);
                string encoded = Encoders[name](secret);
                Finds(random, secret, encoded);
                bool keepsCase = outer[input.Item2] != "upper case" || !name.StartsWith("base64", StringComparison.Ordinal);
                if (keepsCase)
                {
                    Finds(random, secret, Encoders[outer[input.Item2]](encoded));
                }
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), property);
    }

    [Fact]
    public void A_redactor_leaves_other_text_alone()
    {
        var redactor = Redactor.For(new CimCredentials("112233445566778899", "kM7-Xw/29sDk+aa0"));
        foreach (string text in new[]
        {
            "CIM only supports signed 8-bit number", "quota exceeded (code 50012), see https://example.com/a/b?c=%20d&amp;e=1",
            "任务失败: 超出配额", "OSError: libcim.so: cannot open shared object file: /opt/kaiwu/lib/python3.10/site-packages/kaiwu",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "1234567890123456789012345", "deadbeef-dead-beef-dead-beefdeadbeef", "1+1=2, 50% \\u00e9",
        })
        {
            Assert.Equal(text, redactor.Redact(text));
            Assert.False(redactor.Holds(text), text);
        }
    }

    [Fact]
    public void A_redactor_hides_pieces_where_the_text_or_the_secret_was_cut()
    {
        var redactor = Redactor.For(new CimCredentials("user-4711-not-for-logs", "kM7-Xw/29sDk+aa0"));
        string token = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i:D2}fQ"));
        redactor.AddToken(token);
        Assert.Equal("begins *** and so on", redactor.Redact($"begins {token[..20]} and so on"));
        Assert.DoesNotContain(token[5..17], redactor.Redact(new string('x', 8190 - 30) + token), StringComparison.Ordinal);
        Assert.DoesNotContain(token[5..17], redactor.Redact(string.Concat(Enumerable.Repeat(token, 51)) + token[..30]), StringComparison.Ordinal);
        Assert.Equal("*** or ***", redactor.Redact("USER-4711-not-for-logs or kM7-Xw/29sDk+aa0"));
        for (int renewal = 0; renewal < 10; renewal++)
        {
            redactor.AddToken($"another-token-{renewal}");
        }

        Assert.Equal("***", redactor.Redact(token)); // an answer may still hold the one before
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_form_of_a_secret_is_kept_or_shown(string name)
    {
        using var folder = new TemporaryFolder();
        string[] secrets = [Client.User, Client.Code, Token];
        string text = string.Join(" ; ", secrets.Select(Encoders[name]));
        string json = JsonSerializer.Serialize(text);
        (string Submission, string Query, string Status)[] answers =
        [
            (text, "", "400 Bad"),
            ($$"""{"code":"1","msg":{{json}}}""", "", "200 OK"),
            (AcceptedStart + JsonSerializer.Serialize("id-" + Encoders[name](Client.User) + "-x") + "}}", "", "200 OK"),
            (AcceptedStart + JsonSerializer.Serialize(Encoders[name](Token)) + "}}", "", "200 OK"),
            (AcceptedStart + "5}}", $$$"""{"code":"0","data":{"task_status":3,"desc":{{{json}}}}}""", "200 OK"),
            (AcceptedStart + "5}}", $$"""{"code":{{json}},"msg":{{json}}}""", "200 OK"),
            (AcceptedStart + "5}}", text, "418 " + name),
        ];
        for (int k = 0; k < answers.Length; k++)
        {
            (string submission, string query, string status) = answers[k];
            await using var server = new RawServer(
                (request, stream, stop) => stream.WriteAsync(request.StartsWith("POST /sso/", StringComparison.Ordinal)
                    ? RawServer.Json($$$"""{"code":"0","msg":"","data":{"token":"{{{Token}}}"}}""")
                    : RawServer.IsSubmission(request) ? RawServer.Json(submission, k == 6 ? "200 OK" : status) : RawServer.Json(query, status), stop).AsTask(),
                answersLogins: false);
            string shown = await RunAsync(server.Address, folder.Path, k);
            foreach (string secret in secrets)
            {
                Assert.DoesNotContain(Dense(Encoders[name](secret)), Dense(shown), StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(secret, shown, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public async Task A_machine_that_gives_secret_ids_is_paid_once()
    {
        await using var server = new RawServer((_, stream, stop) => stream.WriteAsync(
            RawServer.Json(AcceptedStart + $"\"{Client.User}-17\"}}}}"), stop).AsTask());
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var transport = new QbosonTransport(Client.Http(server.Address), new CimCredentials(Client.User, Client.Code));
        CimTasksException e = await Assert.ThrowsAsync<CimTasksException>(
            () => new CimSampler(transport, journal, Client.Fast with { Pack = false, MaxConcurrentTasks = 1 })
                .SampleAsync(Client.Problems(5), new SampleSet(5, 1, 8), default).AsTask());
        Assert.Equal(1, server.Submissions);
        Assert.Equal(1, await journal.SubmittedTodayAsync());
        Assert.Equal(4, e.Failures.Count(f => f.State == JournalState.Prepared));
        TaskFailure unknown = Assert.Single(e.Failures, f => f.State == JournalState.Unknown);
        Assert.Contains("id that holds a secret", unknown.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_is_a_number_is_in_no_energy_and_no_message()
    {
        const string User = "65432198765";
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "run.jsonl");
        foreach (string solution in new[] { "[0,1,0,1,0,1,0,1]", $"[0,1,0,1,0,1,0,{User}]" })
        {
            await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(RawServer.Json(RawServer.IsSubmission(request)
                ? AcceptedStart + "5}}"
                : $$$"""{"code":"0","data":{"task_status":2,"qubo_value":[-{{{User}}}],"qubo_solution_data":[{{{solution}}}]}}"""), stop).AsTask());
            await using CimJournal journal = CimJournal.Open(":memory:");
            await using var transport = new QbosonTransport(
                Client.Http(server.Address) with { MaxAttempts = 1 }, new CimCredentials(User, Client.Code));
            Exception? e = await Record.ExceptionAsync(() => new CimSampler(transport, journal, Client.Fast)
                .SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask());
            await Recording.ExportAsync(journal, file);
            Assert.DoesNotContain(User[..6], e + await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
    }

    private static void Finds(Random random, string secret, string encoded)
    {
        var redactor = Redactor.For(new CimCredentials("somebody-else-0", secret));
        string text = $"{Around(random)}{encoded}{Around(random)}";
        string redacted = redactor.Redact(text);
        Assert.True(redactor.Holds(text), $"'{secret}' in '{text}'");
        Assert.DoesNotContain(encoded, redacted, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, redacted, StringComparison.OrdinalIgnoreCase);
    }

    // Line breaks are not shown.
    private static string Dense(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    // What stands beside it does not belong to the encoding's alphabet.
    private static string Around(Random random) => random.Next(3) switch { 0 => "", 1 => " (", _ => "\"id\": \"" };

    private static string Secret(Random random)
    {
        const string Characters = "abcdefghijkmnpqrsTUVWXYZ0123456789-_/+.~";
        return string.Concat(Enumerable.Range(0, random.Next(6, 40)).Select(_ => Characters[random.Next(Characters.Length)]));
    }

    // All that a run leaves: log, exception, activities, the journal's file and its recording.
    private static async Task<string> RunAsync(Uri address, string folder, int k)
    {
        var shown = new StringBuilder();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is CimDiagnostics.SourceName or "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (shown) { shown.AppendJoin(' ', activity.TagObjects); } },
        };
        ActivitySource.AddActivityListener(listener);
        var logger = new ListLogger();
        string path = Path.Combine(folder, $"{k}.db");
        await using (CimJournal journal = CimJournal.Open(path))
        {
            await using var transport = new QbosonTransport(Client.Http(address) with { MaxAttempts = 1 }, new CimCredentials(Client.User, Client.Code));
            Exception? e = await Record.ExceptionAsync(() => new CimSampler(transport, journal, Client.Fast, logger)
                .SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask());
            Assert.IsType<CimTasksException>(e);
            await Recording.ExportAsync(journal, path + ".jsonl");
            lock (shown)
            {
                shown.Append(e).AppendJoin('\n', logger.Lines).AppendJoin('\n', journal.ListAsync().Result);
            }
        }

        lock (shown)
        {
            shown.Append(Encoding.Latin1.GetString(File.ReadAllBytes(path))).Append(File.ReadAllText(path + ".jsonl"));
            return shown.ToString();
        }
    }
}
