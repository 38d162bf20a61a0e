using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>What one training found; the JSON results hold exactly this.</summary>
internal sealed record RunResult
{
    public required string Dataset { get; init; }

    public required string Variant { get; init; }

    public required int Depth { get; init; }

    public required int Seed { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>Largest gradient norm; null without clipping.</summary>
    public required double? MaxGradientNorm { get; init; }

    public required bool ConstantRate { get; init; }

    public required int Sweeps { get; init; }

    public required int Threads { get; init; }

    public required int TrainingImages { get; init; }

    public required int Parameters { get; init; }

    public required int VariablesPerImage { get; init; }

    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>Of the model after the last epoch: the test images are looked at once.</summary>
    public required double TestAccuracy { get; init; }

    public required double TestLoss { get; init; }

    /// <summary>Null where nothing is declared, and in results of before it was kept.</summary>
    public Estimator? Estimator { get; init; }
}

/// <summary>What an epoch found.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">Mean over the epoch, before each step.</param>
/// <param name="TrainingAccuracy">Likewise.</param>
/// <param name="ValidationLoss">After the epoch.</param>
/// <param name="ValidationAccuracy">After the epoch.</param>
/// <param name="Seconds">Time of the epoch's training steps.</param>
/// <param name="LargestGradientNorm">Before clipping.</param>
/// <param name="MeanEnergy">Of the validation images' selections, first block; null for softmax attention.</param>
/// <param name="SelectedShare">Share of tokens that a head selects, mean over validation images; null for softmax
/// attention.</param>
/// <param name="HeadOverlap">Tokens that two heads select over tokens that one of them does, mean over pairs and images; null where heads select
/// nothing, and in results of before it was kept.</param>
/// <param name="TokenEntropy">Entropy of where heads look, over its largest value, mean over images; null likewise.</param>
/// <param name="PairDistance">Distance of two patches that a head selects, in patches, mean; null likewise.</param>
internal sealed record EpochResult(
    int Epoch, double TrainingLoss, double TrainingAccuracy, double ValidationLoss, double ValidationAccuracy, double Seconds,
    double LargestGradientNorm, double? MeanEnergy, double? SelectedShare, double? HeadOverlap = null, double? TokenEntropy = null,
    double? PairDistance = null);
