using System.Text.Json;
using Qama.Cluster.Campaigns;

namespace Qama.Cluster.Tests.Campaigns;

/// <summary>A task of tests: appends "start KEY" and "end KEY" to the file of its option "log". Its result has the process's number, so
/// that two executions have different results.</summary>
public sealed class RecordedTask : ICampaignTask
{
    public string Name => "recorded";

    /// <summary>Lines of a log; none if there is no file.</summary>
    public static string[] Lines(string log)
    {
        if (!File.Exists(log))
        {
            return [];
        }

        using FileStream stream = Open(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Number of lines that begin with a word.</summary>
    public static int Count(string log, string word) => Lines(log).Count(l => l.StartsWith(word + " ", StringComparison.Ordinal));

    public async Task<string> RunAsync(CampaignRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        string log = run.Options.GetProperty("log").GetString()!;
        int earlier = Lines(log).Count(l => l == $"start {run.Key}");
        Append(log, $"start {run.Key}");
        try
        {
            // The first attempts fail, or take long.
            int failures = Option(run, "failures");
            if (earlier < failures)
            {
                throw new InvalidOperationException($"Attempt {earlier + 1} fails.");
            }

            await Task.Delay(earlier == 0 && Option(run, "first") is > 0 and int first ? first : Option(run, "milliseconds"), cancellationToken);
            run.Progress.Report(1);
        }
        catch (OperationCanceledException)
        {
            Append(log, $"cancelled {run.Key}");
            throw;
        }

        Append(log, $"end {run.Key}");
        return run.Variant == "broken" ? "{" : JsonSerializer.Serialize(
            new { run.Variant, run.DataSet, run.Seed, Process = Environment.ProcessId, Run = Guid.NewGuid() });
    }

    private static int Option(CampaignRun run, string name) =>
        run.Options.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : 0;

    private static void Append(string log, string line)
    {
        using FileStream stream = Open(log, FileMode.Append, FileAccess.Write, FileShare.None);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }

    // One writer at a time, of all processes, and no reader beside it: whoever comes second waits.
    private static FileStream Open(string log, FileMode mode, FileAccess access, FileShare share)
    {
        while (true)
        {
            try
            {
                return new FileStream(log, mode, access, share);
            }
            catch (IOException)
            {
                Thread.Sleep(1);
            }
        }
    }
}
