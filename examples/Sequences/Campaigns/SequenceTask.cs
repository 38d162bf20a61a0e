using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Qama.Cluster.Campaigns;

namespace Qama.Examples.Sequences;

/// <summary>The experiment as a task of a campaign: one training, one JSON result as the page of experiments reads it.</summary>
/// <remarks>A data set is a kind of records and a number of tokens, as "repeated-128".</remarks>
public sealed class SequenceTask : ICampaignTask
{
    /// <inheritdoc/>
    public string Name => "sequences";

    /// <inheritdoc/>
    public Task<string> RunAsync(CampaignRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        Variant variant = Variant.Find(run.Variant) ?? throw new ArgumentException(
            $"Expected one of {string.Join(", ", Variant.All.Select(v => v.Name))}, got '{run.Variant}'.", nameof(run));
        (string kind, int tokens) = Read(run.DataSet);
        SequenceOptions options = run.Options.Deserialize(SequenceOptionsJson.Default.SequenceOptions)!;
        var settings = new Settings(
            kind, tokens, [variant.Name], options.Epochs, checked((int)run.Seed), options.Threads, options.Batch, options.Rate, options.Sweeps,
            options.Sequences, "");
        SequenceResult result = new Experiment(settings, variant).Compute(run.Progress, cancellationToken);
        return Task.FromResult(JsonSerializer.Serialize(result, SequenceJson.Default.SequenceResult));
    }

    private static (string Kind, int Tokens) Read(string dataSet)
    {
        string[] parts = dataSet.Split('-');
        return parts.Length == 2 && RetrievalTask.Kinds.Contains(parts[0])
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int tokens) && Variant.Tokens.Contains(tokens)
            ? (parts[0], tokens)
            : throw new ArgumentException(
                $"Expected a data set as 'repeated-128' ({string.Join(", ", RetrievalTask.Kinds)}; {string.Join(", ", Variant.Tokens)} tokens), got '{dataSet}'.",
                nameof(dataSet));
    }
}

/// <summary>Options of a campaign, with the program's own defaults; others are an error.</summary>
/// <remarks>Settable: of properties that are only initialised, the serializer's generated code knows no defaults.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SequenceOptions
{
    public int Epochs { get; set; } = 4;

    public int Threads { get; set; } = 1;

    public int Batch { get; set; } = 32;

    public double Rate { get; set; } = 2e-3;

    public int Sweeps { get; set; } = 30;

    public int Sequences { get; set; } = 4_000;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SequenceOptions))]
internal sealed partial class SequenceOptionsJson : JsonSerializerContext;
