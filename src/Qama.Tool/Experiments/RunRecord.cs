using System.Text.Json;
using System.Text.Json.Serialization;
using Qama.Tool.Runs;

namespace Qama.Tool.Experiments;

/// <summary>What one training was and found; a result file holds exactly this. What stands before the epochs says what was run.</summary>
internal sealed record RunRecord
{
    /// <summary>The data's folder.</summary>
    public required string Dataset { get; init; }

    /// <summary>The first digits of a hash of all samples: other data have others.</summary>
    public required string Data { get; init; }

    /// <summary>How the folder holds its samples.</summary>
    public required string Layout { get; init; }

    /// <summary>The declared class without its namespace, or the baseline.</summary>
    public required string Variant { get; init; }

    /// <summary>What stands where attention does: a name of <see cref="AttentionKind"/>.</summary>
    public required string Attention { get; init; }

    /// <summary>The declared class, which gives tokens, width and heads to baselines too.</summary>
    public required string Model { get; init; }

    /// <summary>The assembly or project, from the result's folder.</summary>
    public required string Project { get; init; }

    public required int Depth { get; init; }

    public required int Seed { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>Largest gradient norm; null without clipping.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Sweeps of a selection; null for baselines.</summary>
    public int? Sweeps { get; init; }

    /// <summary>Side of a patch; null for texts.</summary>
    public int? Patch { get; init; }

    /// <summary>Side that images were scaled to; null for their own.</summary>
    public int? Side { get; init; }

    /// <summary>Words that the model knows; null for images.</summary>
    public int? Words { get; init; }

    public required int Classes { get; init; }

    public required int TrainingSamples { get; init; }

    /// <summary>What <c>--samples</c> was; null for all.</summary>
    public int? FirstSamples { get; init; }

    /// <summary>What <c>--hold-out</c> was; null for the usual.</summary>
    public int? HoldOut { get; init; }

    public required int ValidationSamples { get; init; }

    public required int Parameters { get; init; }

    /// <summary>Variables of the problems of a sample, all blocks; 0 for baselines.</summary>
    public required int VariablesPerSample { get; init; }

    public required IReadOnlyList<EpochRecord> Epochs { get; init; }

    /// <summary>Of the model after the last epoch: the test samples are looked at once. Null where there are none.</summary>
    public double? TestAccuracy { get; init; }

    public double? TestLoss { get; init; }

    public int? TestSamples { get; init; }

    /// <summary>Threads of the last call.</summary>
    public required int Threads { get; init; }

    /// <summary>What heads looked at.</summary>
    public HeadSamples? Heads { get; init; }

    /// <summary>The settings of the training.</summary>
    /// <param name="threads">Threads; 0 for all processors.</param>
    /// <exception cref="InvalidDataException">The attention is none that is known.</exception>
    public TrainSettings ToSettings(int threads) => new(
        Enum.TryParse(Attention, ignoreCase: true, out AttentionKind kind) ? kind
            : throw new InvalidDataException($"Expected an attention, got '{Attention}'."),
        Depth, Epochs.Count, BatchSize, LearningRate, MaxGradientNorm ?? double.PositiveInfinity, Sweeps ?? 1, Seed, threads);

    /// <summary>Reads a result.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RunRecord Read(string path) => JsonFile.Read(path, RunJson.Default.RunRecord, "the result of qama train");
}

/// <summary>What an epoch found.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">Mean over the epoch, before each step.</param>
/// <param name="TrainingAccuracy">Likewise.</param>
/// <param name="ValidationLoss">After the epoch; null without a validation part.</param>
/// <param name="ValidationAccuracy">Likewise.</param>
/// <param name="Seconds">Time of the epoch's training steps.</param>
/// <param name="LargestGradientNorm">Before clipping.</param>
/// <param name="MeanEnergy">Of the validation samples' selections, first block; null for baselines.</param>
/// <param name="SelectedShare">Share of present tokens that a head selects, first block, mean over validation samples; null for
/// baselines.</param>
internal sealed record EpochRecord(
    int Epoch, double TrainingLoss, double TrainingAccuracy, double? ValidationLoss, double? ValidationAccuracy, double Seconds,
    double LargestGradientNorm, double? MeanEnergy, double? SelectedShare);

/// <summary>Results as JSON.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NewLine = "\n")]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(List<EpochRecord>))]
[JsonSerializable(typeof(HeadSamples))]
internal sealed partial class RunJson : JsonSerializerContext;
