using System.Text.Json;
using Qama.Annealing;
using Qama.Cim.Files;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

public class FileExchangeTests
{
    private static readonly CimSamplerOptions Options = Client.Fast with
    {
        Form = UploadForm.Ising,
        Pack = false,
        MaxConcurrentTasks = 1000,
        TaskTimeout = TimeSpan.FromMilliseconds(100),
    };

    [Fact]
    public async Task Matrices_go_out_in_batches_of_twenty_and_downloads_come_back()
    {
        using var folder = new TemporaryFolder();
        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        QuboProblemBatch problems = Client.Problems(23, 5);
        CimTasksException waiting = await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport, journal, problems));
        Assert.All(waiting.Failures, f => Assert.Equal(JournalState.Running, f.State));
        string[] batches = [.. Directory.GetDirectories(folder.Path, "batch-*").Order()];
        Assert.Equal([20, 3], batches.Select(b => Directory.GetFiles(b, "*.csv").Length));

        // Somebody uploads, the machine computes, somebody downloads.
        foreach (string csv in batches.SelectMany(b => Directory.GetFiles(b, "*.csv")))
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder.Path, "results", Path.GetFileNameWithoutExtension(csv) + "_result.log"), Solve(csv));
        }

        SampleSet result = await SampleAsync(transport, journal, problems);
        for (int p = 0; p < 23; p++)
        {
            Assert.InRange(result.Energy(p), -1e9, SmallProblems.Lowest(problems.ToQubo(p)) + 0.2);
        }

        Assert.Equal(23, batches.Sum(b => Directory.GetFiles(b, "*.csv").Length));
    }

    [Fact]
    public async Task The_manifest_tells_what_each_file_is()
    {
        using var folder = new TemporaryFolder();
        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport, journal, Client.Problems(2, 5)));
        using JsonDocument manifest = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(folder.Path, "batch-001", "manifest.json")));
        IReadOnlyList<JournalEntry> entries = await journal.ListAsync();
        Assert.Equal(
            entries.Select(e => (e.Name, e.Key, 6)).Order(),
            manifest.RootElement.EnumerateArray().Select(m => (
                m.GetProperty("Name").GetString()!, m.GetProperty("Key").GetString()!, m.GetProperty("MatrixSize").GetInt32())).Order());
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""[{"quboValue":1}]""")]
    [InlineData("""[{"quboValue":1,"solutionVector":[1,1,1,1,1]}]""")]
    [InlineData("""[{"quboValue":1,"solutionVector":[1,1,1,1,1,0]}]""")]
    public async Task A_download_that_is_no_result_is_reported_with_its_name(string content)
    {
        using var folder = new TemporaryFolder();
        await using var transport = new FileExchangeTransport(folder.Path);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport, journal, Client.Problems(1, 5)));
        string name = Assert.Single(await journal.ListAsync()).Name;
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "results", name + ".log"), content);
        CimTasksException e = await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport, journal, Client.Problems(1, 5)));
        Assert.Contains(name + ".log is no result", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_said_at_once()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        Assert.Throws<CimConfigurationException>(() => new FileExchangeTransport(Path.Combine(file, "below")));
    }

    private static async Task<SampleSet> SampleAsync(FileExchangeTransport transport, CimJournal journal, QuboProblemBatch problems)
    {
        var result = new SampleSet(problems.Count, 1, problems.VariableCount);
        await new CimSampler(transport, journal, Options).SampleAsync(problems, result, default);
        return result;
    }

    private static string Solve(string csv)
    {
        int[][] m = [.. File.ReadAllLines(csv).Select(l => l.Split(',').Select(int.Parse).ToArray())];
        sbyte[] best = SmallProblems.Spins(m.Length).MinBy(s => -Enumerable.Range(0, m.Length)
            .Sum(i => Enumerable.Range(0, m.Length).Sum(j => m[i][j] * s[i] * s[j])))!;
        return JsonSerializer.Serialize(new[] { new { quboValue = 0, solutionVector = best.Select(s => (int)s) } });
    }
}
