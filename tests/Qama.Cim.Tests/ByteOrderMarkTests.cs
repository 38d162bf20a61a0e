using System.Text;
using Qama.Cim.Files;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>A byte order mark, as some editors and servers put it before a text, is no part of the text.</summary>
public class ByteOrderMarkTests
{
    private const string Mark = "\uFEFF";

    [Fact]
    public async Task Web_answers_may_begin_with_one()
    {
        await using var server = new RawServer((request, stream, stop) => stream.WriteAsync(RawServer.Json(Mark + (
            request.StartsWith("POST /sso/", StringComparison.Ordinal) ? """{"code":"0","data":{"token":"abcdef"}}"""
            : RawServer.IsSubmission(request) ? """{"code":"0","data":{"task_id":77}}"""
            : """{"code":"0","data":{"task_status":2,"qubo_value":[1],"qubo_solution_data":[[0,1,0,1,0,1,0,1]]}}""")), stop).AsTask(), answersLogins: false);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var transport = new QbosonTransport(Client.Http(server.Address), new CimCredentials("a", "b"));
        await new CimSampler(transport, journal, Client.Fast).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default);
        Assert.Equal(JournalState.Done, Assert.Single(await journal.ListAsync()).State);
    }

    [Fact]
    public async Task Recordings_and_secrets_may_begin_with_one()
    {
        using var folder = new TemporaryFolder();
        string recording = Path.Combine(folder.Path, "run.jsonl");
        await using (Client client = await Client.StartAsync())
        {
            await client.SampleAsync(Client.Problems(1));
            await Recording.ExportAsync(client.Journal, recording);
        }

        await MarkAsync(recording);
        Assert.Single(await Recording.ReadAsync(recording));

        string secrets = Path.Combine(folder.Path, "secrets.json");
        await File.WriteAllTextAsync(secrets, Mark + """{"user_id":"someone","sdk_code":"something"}""", new UTF8Encoding(false));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.NotNull(CimCredentials.FromFile(secrets));
    }

    [Fact]
    public async Task Manifests_and_results_may_begin_with_one()
    {
        using var folder = new TemporaryFolder();
        CimSamplerOptions options = Client.Fast with { Form = UploadForm.Ising, TaskTimeout = TimeSpan.FromMilliseconds(20) };
        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        var sampler = new CimSampler(transport, journal, options);
        await Assert.ThrowsAsync<CimTasksException>(() => sampler.SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default).AsTask());
        string manifest = Path.Combine(folder.Path, "batch-001", "manifest.json");
        await MarkAsync(manifest);
        await Assert.ThrowsAsync<CimTasksException>(() => sampler.SampleAsync(Client.Problems(1, seed: 2), new SampleSet(1, 1, 8), default).AsTask());
        Assert.Equal(2, (await File.ReadAllTextAsync(manifest)).Split("\"Key\"").Length - 1);

        foreach (JournalEntry entry in await journal.ListAsync())
        {
            string result = Path.Combine(folder.Path, "results", entry.Name + ".log");
            await File.WriteAllTextAsync(result, Mark + """[{"quboValue":1,"solutionVector":[1,1,1,1,1,1,1,1,1]}]""");
        }

        await sampler.SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default);
        await sampler.SampleAsync(Client.Problems(1, seed: 2), new SampleSet(1, 1, 8), default);
    }

    private static async Task MarkAsync(string path)
    {
        string content = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(0xEF, (await File.ReadAllBytesAsync(path))[0]);
    }
}
