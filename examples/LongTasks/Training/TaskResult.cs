using System.Text.Json.Serialization;
using Qama.Examples.Common;

namespace Qama.Examples.LongTasks;

/// <summary>What one training found; the JSON results hold exactly this.</summary>
internal sealed record TaskResult
{
    public required string Task { get; init; }

    public required int Length { get; init; }

    public required string Variant { get; init; }

    public required int Seed { get; init; }

    public required int Batch { get; init; }

    public required double Rate { get; init; }

    public required int Sweeps { get; init; }

    public required int Threads { get; init; }

    /// <summary>Sequences to train on.</summary>
    public required int Samples { get; init; }

    /// <summary>Sequences of validation, and as many others of the test.</summary>
    public required int Tests { get; init; }

    public required int Vocabulary { get; init; }

    /// <summary>What stands in recall where nothing is asked; null for other tasks.</summary>
    public required string? Blanks { get; init; }

    /// <summary>Longest sequences that the model is tested on; null for tasks whose models have positions.</summary>
    public required int? Longest { get; init; }

    public required int Parameters { get; init; }

    /// <summary>Binary variables of both layers; 0 where none is declared.</summary>
    public required int VariablesPerSequence { get; init; }

    /// <summary>Trainings on shorter sequences before; empty without, and in results of before there were any.</summary>
    /// <remarks>Settable: of properties that are only initialised, the serializer's generated code knows no
    /// defaults.</remarks>
    public IReadOnlyList<ShorterStage> Shorter { get; set; } = [];

    public required int StepsPerEpoch { get; init; }

    /// <summary>Epochs of this length.</summary>
    public required IReadOnlyList<TaskEpoch> Epochs { get; init; }

    /// <summary>Share of asked tokens answered rightly after the last epoch: the test sequences are looked at
    /// once.</summary>
    public required double TestAccuracy { get; init; }

    public required double TestLoss { get; init; }

    /// <summary>What heads selected of the test sequences; null where none is declared.</summary>
    public required SelectionSummary? Selection { get; init; }

    /// <summary>Longer sequences than those trained on; empty where models have positions.</summary>
    public required IReadOnlyList<LongerTest> Longer { get; init; }

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
/// <param name="ProcessorSeconds">Processor time of them, all threads together.</param>
internal sealed record TaskEpoch(
    int Epoch, double TrainingLoss, double TrainingAccuracy, double ValidationLoss, double ValidationAccuracy,
    double Seconds, double ProcessorSeconds);

/// <summary>A training on shorter sequences, whose parameters went on.</summary>
/// <param name="Length">Their length.</param>
/// <param name="Epochs">Its epochs.</param>
internal sealed record ShorterStage(int Length, IReadOnlyList<TaskEpoch> Epochs);

/// <summary>What heads selected, means over sequences.</summary>
/// <param name="TokensPerHead">Tokens that a head selects, both blocks together; of causal selections those kept for the last block.</param>
/// <param name="AnswersSelected">Share of the tokens with answers that some head of the last block selects; null where
/// no token is an answer, and where not one selection serves all queries.</param>
internal sealed record SelectionSummary(double TokensPerHead, double? AnswersSelected);

/// <summary>Accuracy on sequences of another length.</summary>
/// <param name="Tokens">Their length.</param>
/// <param name="Sequences">Their number.</param>
/// <param name="Accuracy">Share answered rightly.</param>
/// <param name="AnswersSelected">Share of the answers that some head of the last block selects; null where none is
/// declared.</param>
/// <param name="SecondsPerSequence">Time of a forward pass.</param>
internal sealed record LongerTest(
    int Tokens, int Sequences, double Accuracy, double? AnswersSelected, double SecondsPerSequence);

/// <summary>The results as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TaskResult))]
internal sealed partial class TaskResultJson : JsonSerializerContext;
