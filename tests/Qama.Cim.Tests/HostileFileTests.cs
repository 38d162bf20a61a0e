using System.Diagnostics;
using System.Text;
using Qama.Cim.Files;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Files that somebody else may have put, changed or damaged.</summary>
public class HostileFileTests
{
    private static readonly CimSamplerOptions Options = Client.Fast with { Form = UploadForm.Ising, TaskTimeout = TimeSpan.FromMilliseconds(20) };

    private static readonly (string, string?)[] Entry =
    [
        ("Name", "\"n\""), ("File", "\"n.csv\""), ("Key", "\"k\""), ("Machine", "\"m\""), ("Form", "\"Ising\""), ("MatrixSize", "3"), ("SpinCount", "3"),
    ];

    public static TheoryData<string> NoFiles => OperatingSystem.IsWindows() ? ["empty"] : ["empty", "pipe", "device", "folder", "loop", "nowhere", "long"];

    [Fact]
    public async Task A_damaged_manifest_is_named_and_nothing_is_written()
    {
        string whole = $"[{HostileJson.Object(Entry)}]";
        IEnumerable<string> damaged = HostileJson.Damaged(whole).Where(d => d != "[]")
            .Concat(["[null]", "{}", "[[]]"])
            .Concat(HostileJson.Mutations(Entry)
                .Where(m => m.Value is null or "null" or "true" or "[]" or "{}" or "\"\\ud800\"" or "\"\xFF\xFE\"").Select(m => $"[{m.Json}]"));
        foreach (string content in damaged)
        {
            using var folder = new TemporaryFolder();
            string manifest = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "batch-001")).FullName, "manifest.json");
            byte[] before = HostileJson.Bytes(content);
            await File.WriteAllBytesAsync(manifest, before);
            await using var transport = new FileExchangeTransport(folder.Path);
            await using CimJournal journal = CimJournal.Open(":memory:");
            TaskFailure failure = await FailureAsync(transport, journal);
            Assert.True(failure is { State: JournalState.Prepared, Cause: CimConfigurationException }, $"{content}: {failure}");
            Assert.Contains(manifest, failure.Reason, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllBytesAsync(manifest));
            Assert.Equal([manifest], Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public async Task A_link_is_not_written_through()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // who may make links there depends on its settings
        }

        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        string name = (await TaskAsync()).Name;
        string batch = Directory.CreateDirectory(Path.Combine(folder.Path, "batch-001")).FullName;
        string target = Path.Combine(elsewhere.Path, "precious");
        await File.WriteAllTextAsync(target, "[]");
        foreach (string planted in new[] { name + ".csv.part", "manifest.json.part", "manifest.json" })
        {
            File.CreateSymbolicLink(Path.Combine(batch, planted), target);
        }

        // Where the matrix belongs: a link to what is not there yet.
        File.CreateSymbolicLink(Path.Combine(batch, name + ".csv"), Path.Combine(elsewhere.Path, "new"));
        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        Assert.Equal(JournalState.Running, (await FailureAsync(transport, journal)).State);
        Assert.Equal("[]", await File.ReadAllTextAsync(target));
        Assert.Equal([target], Directory.GetFiles(elsewhere.Path));
        Assert.Null(new FileInfo(Path.Combine(batch, name + ".csv")).LinkTarget);
        Assert.Contains(name, await File.ReadAllTextAsync(Path.Combine(batch, "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_a_link_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // who may make links there depends on its settings
        }

        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "batch-001"), elsewhere.Path);
        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        TaskFailure failure = await FailureAsync(transport, journal);
        Assert.Equal(JournalState.Prepared, failure.State);
        Assert.Contains("batch-001 is a link", failure.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere.Path));
    }

    [Theory]
    [MemberData(nameof(NoFiles))]
    public async Task A_result_that_is_no_file_is_reported_and_asked_for_again(string kind)
    {
        using var folder = new TemporaryFolder();
        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        string name = (await FailureAsync(transport, journal)).Name;
        string result = Path.Combine(folder.Path, "results", name + ".log");
        Make(kind, result);
        TaskFailure failure = await FailureAsync(transport, journal);
        Assert.Equal(JournalState.Running, failure.State);
        Assert.True(kind == "folder" ? failure.Cause is CimNotFinishedException : failure.Cause is CimAnswerException or CimNotFinishedException, $"{failure.Cause}");

        // The result itself, behind a link.
        if (Directory.Exists(result))
        {
            Directory.Delete(result);
        }

        File.Delete(result);
        string real = Path.Combine(folder.Path, "download");
        await File.WriteAllTextAsync(real, "[{\"quboValue\":1,\"solutionVector\":[1,1,1,1,1,1,1,1,1]}]", Encoding.UTF8);
        if (OperatingSystem.IsWindows())
        {
            File.Move(real, result);
        }
        else
        {
            File.CreateSymbolicLink(result, real);
        }

        await SampleAsync(transport, journal);
        Assert.Equal(JournalState.Done, Assert.Single(await journal.ListAsync()).State);
    }

    [Theory]
    [MemberData(nameof(NoFiles))]
    public async Task What_is_no_file_is_no_recording_and_holds_no_secrets(string kind)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "file");
        Make(kind, path);
        if (kind == "empty")
        {
            Assert.Empty(await Recording.ReadAsync(path));
        }
        else if (kind is "pipe" or "device")
        {
            Assert.Empty(await Recording.ReadAsync(path)); // not even opened: it has no length
        }
        else
        {
            await Assert.ThrowsAsync<CimJournalException>(() => Recording.ReadAsync(path));
        }

        if (!OperatingSystem.IsWindows() && kind is "empty" or "pipe" or "folder" or "long")
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        CimException e = Assert.Throws<CimException>(() => CimCredentials.FromFile(path));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batches_go_on_after_the_last_one_whatever_was_deleted()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "batch-002", "batch-1000", "batch-x", "batch-" })
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, name));
        }

        for (int k = 0; k < FileExchangeTransport.LargestBatch; k++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, "batch-1000", $"t{k}.csv"), "0");
        }

        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        Assert.StartsWith("batch-1001/", (await FailureAsync(transport, journal)).TaskId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("a/b")]
    [InlineData("a*")]
    [InlineData("")]
    [InlineData(".")]
    public async Task A_name_that_is_none_of_a_file_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        await using var transport = new FileExchangeTransport(Path.Combine(folder.Path, "exchange"));
        MachineTask task = await TaskAsync() with { Name = name };
        await Assert.ThrowsAsync<ArgumentException>(() => transport.SubmitAsync(task, new int[81], default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(async () => await transport.QueryAsync(task, "", default));
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Exports_at_the_same_time_do_not_disturb_one_another()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "run.jsonl");
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport();
        await new CimSampler(machine, journal, Client.Fast with { Pack = false })
            .SampleAsync(Client.Problems(4), new SampleSet(4, 1, 8), default);
        int[] counts = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => Recording.ExportAsync(journal, file))));
        Assert.All(counts, n => Assert.Equal(4, n));
        Assert.Equal(4, (await Recording.ReadAsync(file)).Count);
        Assert.Equal([file], Directory.GetFiles(folder.Path));

        // One that fails leaves nothing either, and what was there stays.
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Recording.ExportAsync(journal, file, stop.Token));
        Directory.CreateDirectory(Path.Combine(folder.Path, "taken"));
        await Assert.ThrowsAsync<CimJournalException>(() => Recording.ExportAsync(journal, Path.Combine(folder.Path, "taken")));
        await Assert.ThrowsAsync<CimJournalException>(() => Recording.ExportAsync(journal, Path.Combine(folder.Path, "not", "there")));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
        Assert.Equal(4, (await Recording.ReadAsync(file)).Count);
    }

    private static void Make(string kind, string path)
    {
        switch (kind)
        {
            case "empty":
                File.WriteAllText(path, "");
                break;
            case "pipe":
                using (Process made = Process.Start("mkfifo", path))
                {
                    made.WaitForExit();
                }

                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "loop":
                File.CreateSymbolicLink(path, path);
                break;
            case "nowhere":
                File.CreateSymbolicLink(path, path + "-not-there");
                break;
            case "long":
                using (FileStream file = File.Create(path))
                {
                    file.SetLength(65L * 1024 * 1024);
                }

                break;
        }
    }

    private static async Task<MachineTask> TaskAsync()
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport();
        return (await new CimSampler(machine, journal, Options).PlanAsync(Client.Problems(1))).Tasks[0].Task;
    }

    private static async Task<TaskFailure> FailureAsync(FileExchangeTransport transport, CimJournal journal) =>
        Assert.Single((await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport, journal))).Failures);

    private static async Task SampleAsync(FileExchangeTransport transport, CimJournal journal) =>
        await new CimSampler(transport, journal, Options).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default);
}
