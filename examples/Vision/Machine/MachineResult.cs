using System.Text.Json.Serialization;

namespace Qama.Examples.Vision;

/// <summary>How a trained model does when a machine finds its selections; the JSON results hold exactly this.</summary>
internal sealed record MachineResult
{
    /// <summary>Name of the training's result, without the ending.</summary>
    public required string Run { get; init; }

    public required string Dataset { get; init; }

    public required string Variant { get; init; }

    public required int Epochs { get; init; }

    public required int Seed { get; init; }

    /// <summary>Test images, the first of the test part.</summary>
    public required int Images { get; init; }

    public required string Machine { get; init; }

    /// <summary>Spins of the machine.</summary>
    public required int Spins { get; init; }

    /// <summary>Width of the machine's integers.</summary>
    public required int Bits { get; init; }

    /// <summary>Solutions that the emulated machine gives per task.</summary>
    public required int Solutions { get; init; }

    /// <summary>Steps of the emulated machine.</summary>
    public required int Steps { get; init; }

    /// <summary>Binary variables of an image's problem, slack included.</summary>
    public required int Variables { get; init; }

    /// <summary>The first is the simulator of the training, on the coefficients as they are.</summary>
    public required IReadOnlyList<MachineRow> Rows { get; init; }
}

/// <summary>One way to find the selections.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reduction">What was done before rounding: none, plain or reduced; see <see cref="MachineWays"/>.</param>
/// <param name="Solver">What worked on the problem.</param>
/// <param name="Accuracy">Share of images classified rightly.</param>
/// <param name="Agreement">Share of images with the class that the first row gives.</param>
/// <param name="MeanGap">Mean of (E − best)/|best| in the original problem, best the lowest energy of all rows.</param>
/// <param name="WorstGap">The largest.</param>
/// <param name="Infeasible">Share of selections that violate a hard constraint.</param>
/// <param name="Tasks">Tasks that the machine was given; null without a machine.</param>
/// <param name="Decided">Share of variables decided exactly, before the machine; null without a machine.</param>
/// <param name="RoundedToZero">Share of the remaining coefficients that became 0; null without a machine.</param>
/// <param name="Repaired">Share of answers repaired because they broke a bound that the machine was not told; null where it was
/// told all.</param>
/// <param name="Seconds">Time for all images.</param>
internal sealed record MachineRow(
    string Name, string Reduction, string Solver, double Accuracy, double Agreement, double MeanGap, double WorstGap, double Infeasible,
    long? Tasks, double? Decided, double? RoundedToZero, double? Repaired, double Seconds);

/// <summary>The results as JSON.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MachineResult))]
internal sealed partial class MachineJson : JsonSerializerContext;
