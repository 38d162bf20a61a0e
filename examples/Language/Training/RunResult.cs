using System.Text.Json.Serialization;

namespace Qama.Examples.Language;

/// <summary>What one training found; the JSON results hold exactly this. Losses are in nats a character.</summary>
internal sealed record RunResult
{
    /// <summary>Beginning of the text's SHA-256.</summary>
    public required string Text { get; init; }

    public required int TrainingCharacters { get; init; }

    /// <summary>Characters of a window.</summary>
    public required int Tokens { get; init; }

    public required string Variant { get; init; }

    public required int Seed { get; init; }

    public required int Steps { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>Annealing sweeps per selection.</summary>
    public required int Sweeps { get; init; }

    public required int Threads { get; init; }

    public required int Parameters { get; init; }

    public required IReadOnlyList<PartResult> Parts { get; init; }

    /// <summary>Of the model after the last step, over the whole validation text in windows one behind the other.</summary>
    public required double ValidationLoss { get; init; }

    public required double ValidationAccuracy { get; init; }

    /// <summary>Characters that this is the mean over.</summary>
    public required int ValidationCharacters { get; init; }

    /// <summary>The same model when its queries read fewer keys than it was trained with; softmax attention only.</summary>
    public required IReadOnlyList<LimitedResult> Limited { get; init; }

    /// <summary>Median over parts.</summary>
    [JsonIgnore]
    public double SecondsPerStep => Parts.Select(p => p.Seconds / p.Steps).Order().ElementAt(Parts.Count / 2);
}

/// <summary>What some steps of a training found.</summary>
/// <param name="Step">The last of them.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="TrainingLoss">Mean over them, before each step.</param>
/// <param name="ValidationLoss">After them, over the first windows of the validation text.</param>
/// <param name="Seconds">Their time.</param>
internal sealed record PartResult(int Step, int Steps, double TrainingLoss, double ValidationLoss, double Seconds);

/// <summary>A trained model whose queries read a limited number of keys.</summary>
/// <param name="Policy">Which ones: "window" or "heavy hitters".</param>
/// <param name="Keys">How many, the query's own included.</param>
/// <param name="ValidationLoss">Over the whole validation text.</param>
internal sealed record LimitedResult(string Policy, int Keys, double ValidationLoss);

/// <summary>A trained model that reads a long text character by character.</summary>
internal sealed record StreamResult
{
    public required string Text { get; init; }

    public required int Tokens { get; init; }

    public required string Variant { get; init; }

    public required int Seed { get; init; }

    public required IReadOnlyList<StreamPart> Parts { get; init; }
}

/// <summary>What is known after some characters.</summary>
/// <param name="Characters">How many.</param>
/// <param name="Loss">Mean so far, in nats a character.</param>
/// <param name="StateBytes">What has to be kept to go on, of all blocks.</param>
/// <param name="AllocatedBytes">What was allocated since the first part.</param>
/// <param name="Microseconds">Time of a character, mean since the part before.</param>
internal sealed record StreamPart(int Characters, double Loss, long StateBytes, long AllocatedBytes, double Microseconds);

/// <summary>The results as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(List<PartResult>))]
[JsonSerializable(typeof(StreamResult))]
internal sealed partial class LanguageJson : JsonSerializerContext;
