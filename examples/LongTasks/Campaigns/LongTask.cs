using System.Globalization;
using System.Text.Json;
using Qama.Cluster.Campaigns;

namespace Qama.Examples.LongTasks;

/// <summary>The experiment as a task of a campaign: one training, one JSON result as the pages read it.</summary>
/// <remarks>A data set is a task and its length, as "recall-64".</remarks>
public sealed class LongTask : ICampaignTask
{
    /// <inheritdoc/>
    public string Name => "long-tasks";

    /// <inheritdoc/>
    public Task<string> RunAsync(CampaignRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        Variant variant = Variant.Find(run.Variant) ?? throw new ArgumentException(
            $"Expected one of {string.Join(", ", Variant.All.Select(v => v.Name))}, got '{run.Variant}'.", nameof(run));
        RunOptions options = run.Options.Deserialize(RunOptionsJson.Default.RunOptions)!;
        options.Seed = checked((int)run.Seed);
        if (options.Shorter is null || options.ShorterEpochs < 1)
        {
            throw new ArgumentException(
                "Expected 'shorter' to be lengths and 'shorterEpochs' at least 1.", nameof(run));
        }

        var experiment = new Experiment(Read(run.DataSet, options), variant, options);
        TaskResult result = experiment.Compute(run.Progress, cancellationToken);
        return Task.FromResult(JsonSerializer.Serialize(result, TaskResultJson.Default.TaskResult));
    }

    private static TokenTask Read(string dataSet, RunOptions options)
    {
        string[] parts = dataSet.Split('-');
        if (parts.Length != 2 || !TaskChoice.Kinds.Contains(parts[0])
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length == 0
            || TaskChoice.Check(parts[0], length, options.Vocabulary, []) is not null)
        {
            throw new ArgumentException(
                $"Expected a data set as 'recall-64' ({TaskChoice.DescribeLengths()}), got '{dataSet}'.",
                nameof(dataSet));
        }

        return TaskChoice.Check(parts[0], length, options.Vocabulary, options.Shorter) is { } wrong
            ? throw new ArgumentException(wrong, nameof(options))
            : TaskChoice.Create(parts[0], length, options);
    }
}
