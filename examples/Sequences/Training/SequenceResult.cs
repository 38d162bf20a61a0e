using System.Text.Json.Serialization;

namespace Qama.Examples.Sequences;

/// <summary>What one training found; the JSON results hold exactly this.</summary>
internal sealed record SequenceResult
{
    /// <summary>One of <see cref="RetrievalTask.Kinds"/>.</summary>
    public required string Task { get; init; }

    public required int Tokens { get; init; }

    public required string Variant { get; init; }

    public required int Seed { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    public required int Sweeps { get; init; }

    public required int Threads { get; init; }

    public required int TrainingSequences { get; init; }

    public required int Parameters { get; init; }

    public required int VariablesPerSequence { get; init; }

    public required IReadOnlyList<SequenceEpoch> Epochs { get; init; }

    /// <summary>Of the model after the last epoch: the test sequences are looked at once.</summary>
    public required double TestAccuracy { get; init; }

    public required double TestLoss { get; init; }

    /// <summary>What heads selected of the test sequences; null for softmax attention.</summary>
    public required SelectionSummary? Selection { get; init; }
}

/// <summary>What an epoch found.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">Mean over the epoch, before each step.</param>
/// <param name="TrainingAccuracy">Likewise.</param>
/// <param name="ValidationLoss">After the epoch.</param>
/// <param name="ValidationAccuracy">After the epoch.</param>
/// <param name="Seconds">Time of the epoch's training steps.</param>
internal sealed record SequenceEpoch(
    int Epoch, double TrainingLoss, double TrainingAccuracy, double ValidationLoss, double ValidationAccuracy, double Seconds);

/// <summary>What heads selected, means over sequences.</summary>
/// <param name="TokensPerHead">Tokens that a head selects.</param>
/// <param name="AnswerSelected">Share of sequences of which some head selects a token with the answer.</param>
/// <param name="HeadsWithAnswer">Heads that do.</param>
/// <param name="MeanDistance">Distance of the selected tokens from the question, in tokens.</param>
internal sealed record SelectionSummary(
    double TokensPerHead, double AnswerSelected, double HeadsWithAnswer, double MeanDistance);

/// <summary>The results as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SequenceResult))]
internal sealed partial class SequenceJson : JsonSerializerContext;
