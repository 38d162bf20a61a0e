using System.Diagnostics;
using System.Text;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Secrets appear nowhere: not in logs, exceptions, the journal, exports or activities.</summary>
public class SecretTests
{
    private const string Token = "tok-raw-not-for-logs";

    [Fact]
    public async Task Nothing_that_is_kept_or_shown_holds_a_secret()
    {
        using var folder = new TemporaryFolder();
        var shown = new StringBuilder();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CimDiagnostics.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => shown.AppendJoin(' ', activity.Tags),
        };
        ActivitySource.AddActivityListener(listener);
        string secrets = $"{Client.User} {Client.Code} {Token} {Client.Code.ToUpperInvariant()}";
        var answers = new List<(string Submission, string Query)>
        {
            ($$$"""{"code":"1","msg":"refused {{{secrets}}}"}""", ""),
            ($$$"""{"code":"0","data":{"task_id":5}}""", $$$"""{"code":"0","data":{"task_status":3,"desc":"failed {{{secrets}}}"}}"""),
            ($$$"""{"code":"0","data":{"task_id":5}}""", $$$"""{"code":"{{{secrets}}}","msg":"{{{secrets}}}"}"""),
            ($$$"""{"code":"0","data":{"task_id":"{{{Token}}}"}}""", $$$"""{"code":"0","data":{"task_status":2,"qubo_value":[1],"qubo_solution_data":["{{{secrets}}}"]}}"""),
            ($"HTTP {secrets}", ""),
        };
        for (int k = 0; k < answers.Count; k++)
        {
            (string submission, string query) = answers[k];
            await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(
                RawServer.Json(RawServer.IsSubmission(request) ? submission : query, k == 4 ? "400 " + secrets : "200 OK"), stop).AsTask());
            shown.Append(await RunAsync(server.Address, Path.Combine(folder.Path, $"{k}.db"), k));
        }

        await using (CimEmulator emulator = await CimEmulator.StartAsync(new EmulatorOptions { Credentials = ("x", "y") }))
        {
            shown.Append(await RunAsync(emulator.Address, Path.Combine(folder.Path, "refused.db"), 100));
        }

        await using (CimEmulator emulator = await CimEmulator.StartAsync())
        {
            string path = Path.Combine(folder.Path, "good.db");
            shown.Append(await RunAsync(emulator.Address, path, 101));
            await using CimJournal journal = CimJournal.Open(path);
            Assert.Equal(1, await Recording.ExportAsync(journal, Path.Combine(folder.Path, "export.jsonl")));
        }

        shown.Append(new CimCredentials(Client.User, Client.Code)).Append(new QbosonOptions());
        var files = Directory.GetFiles(folder.Path);
        Assert.True(files.Length > 8);
        foreach (string text in files.Select(f => Encoding.Latin1.GetString(File.ReadAllBytes(f))).Append(shown.ToString()))
        {
            Assert.DoesNotContain(Client.User, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Client.Code, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Token, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("eyJ", text, StringComparison.Ordinal); // how the emulator's tokens begin
        }

        Assert.Contains("***", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("leaves", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_come_from_the_environment_or_a_file_of_the_owners()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "secrets.json");
        File.WriteAllText(file, """{"user_id":"u","sdk_code":"c"}""");
        Assert.Null(CimCredentials.Find(_ => null));
        Assert.NotNull(CimCredentials.Find(name => name == CimCredentials.FileVariable ? null : "given"));
        Assert.Throws<CimException>(() => CimCredentials.Find(name => name == CimCredentials.UserVariable ? "given" : null));
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        CimException open = Assert.Throws<CimException>(() => CimCredentials.FromFile(file));
        Assert.Contains("chmod 600", open.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.NotNull(CimCredentials.Find(name => name == CimCredentials.FileVariable ? file : null));
        File.WriteAllText(file, """{"user_id":"u-secret","sdk_code":}""");
        CimException malformed = Assert.Throws<CimException>(() => CimCredentials.FromFile(file));
        Assert.DoesNotContain("u-secret", malformed.ToString(), StringComparison.Ordinal);
        Assert.Throws<CimException>(() => CimCredentials.FromFile(file + "-missing"));
    }

    // What a user would see of a run: logs and the exception.
    private static async Task<string> RunAsync(Uri address, string path, int seed)
    {
        var logger = new ListLogger();
        string exception = "";
        await using CimJournal journal = CimJournal.Open(path);
        await using var transport = new QbosonTransport(Client.Http(address) with { MaxAttempts = 2 }, new CimCredentials(Client.User, Client.Code));
        try
        {
            await new CimSampler(transport, journal, Client.Fast, logger)
                .SampleAsync(Client.Problems(1, 8, (ulong)seed), new SampleSet(1, 1, 8), default);
        }
        catch (CimException e)
        {
            exception = e.ToString();
        }

        return exception + string.Join('\n', logger.Lines) + string.Join('\n', await journal.ListAsync());
    }
}
