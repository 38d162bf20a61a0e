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

/// <summary>Of a result of <c>qama eval</c>, what the page shows.</summary>
internal sealed record EvaluatedRun
{
    public required string Variant { get; init; }

    /// <summary>The run, its JSON result.</summary>
    public required string Run { get; init; }

    /// <summary>What found the selections.</summary>
    public required string Sampler { get; init; }

    public required int Samples { get; init; }

    public required double Accuracy { get; init; }

    /// <summary>The machine; null for samplers.</summary>
    public EvaluatedMachine? Machine { get; init; }
}

/// <summary>What a machine needed.</summary>
internal sealed record EvaluatedMachine(int Tasks, double DecidedShare, double RoundedToZeroShare);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrainedRun))]
[JsonSerializable(typeof(EvaluatedRun))]
internal sealed partial class TrainedJson : JsonSerializerContext;
