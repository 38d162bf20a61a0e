using System.Text.Json.Serialization;

namespace Qama.Examples.Classification;

/// <summary>Of a result of <c>qama train</c>, what the page shows.</summary>
internal sealed record TrainedRun
{
    public required string Variant { get; init; }

    /// <summary>The declared class, which gives a baseline its size.</summary>
    public required string Model { get; init; }

    public required int Depth { get; init; }

    public required int Seed { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>Null for baselines.</summary>
    public int? Sweeps { get; init; }

    public required int TrainingSamples { get; init; }

    public required int Parameters { get; init; }

    public required int VariablesPerSample { get; init; }

    public required IReadOnlyList<TrainedEpoch> Epochs { get; init; }

    public required double TestAccuracy { get; init; }
}

/// <summary>What an epoch found.</summary>
internal sealed record TrainedEpoch(double? ValidationAccuracy, double Seconds, double? SelectedShare);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrainedRun))]
internal sealed partial class TrainedJson : JsonSerializerContext;
