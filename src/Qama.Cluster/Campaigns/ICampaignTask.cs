using System.Text.Json;

namespace Qama.Cluster.Campaigns;

/// <summary>What a campaign runs many times: an experiment, from variant, data set, seed and options to a result. Workers find it by its
/// name, in the assembly of their option --tasks (a public class with a constructor without parameters) or registered in
/// code.</summary>
public interface ICampaignTask
{
    /// <summary>The name that campaigns ask for: letters, digits, '-', '_' and '.'.</summary>
    string Name { get; }

    /// <summary>Runs once, in a worker process, beside other tasks of it.</summary>
    /// <param name="run">What to run.</param>
    /// <param name="cancellationToken">Cancelled when the campaign is, or the worker has to stop: the task then ends soon, by
    /// <see cref="OperationCanceledException"/>, and is run again elsewhere if the campaign goes on.</param>
    /// <returns>The result, a JSON document of at most 16 MB. It is stored once and never changes.</returns>
    /// <exception cref="Exception">The attempt failed; the message is kept, and the task tried again as often as the campaign's file
    /// says.</exception>
    Task<string> RunAsync(CampaignRun run, CancellationToken cancellationToken);
}

/// <summary>One task of a campaign, as it is run.</summary>
/// <param name="campaign">The campaign's name.</param>
/// <param name="task">The task.</param>
/// <param name="progress">Told how much is done.</param>
public sealed class CampaignRun(string campaign, CampaignTask task, IProgress<double> progress)
{
    /// <summary>The campaign's name.</summary>
    public string Campaign { get; } = campaign;

    /// <summary>The task's key, by content.</summary>
    public string Key { get; } = task.Key;

    /// <summary>The variant's name.</summary>
    public string Variant { get; } = task.Variant;

    /// <summary>The data set's name; empty where the campaign has none.</summary>
    public string DataSet { get; } = task.DataSet;

    /// <summary>The seed.</summary>
    public long Seed { get; } = task.Seed;

    /// <summary>Options: a JSON object, those of the variant before those of the data set before the common ones.</summary>
    public JsonElement Options { get; } = JsonElement.Parse(task.Options);

    /// <summary>Told how much is done, 0 to 1: the campaign's status shows it.</summary>
    public IProgress<double> Progress { get; } = progress;
}
