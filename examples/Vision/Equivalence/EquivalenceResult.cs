using System.Text.Json.Serialization;

namespace Qama.Examples.Vision;

/// <summary>How a trained softmax model and declared layers with its parameters compare.</summary>
internal sealed record EquivalenceResult
{
    /// <summary>The training, as the name of its result.</summary>
    public required string Run { get; init; }

    public required string Dataset { get; init; }

    public required int Images { get; init; }

    public required int Sweeps { get; init; }

    /// <summary>Accuracy of the softmax model on these images.</summary>
    public required double Accuracy { get; init; }

    public required IReadOnlyList<KeysRow> Keys { get; init; }

    public required IReadOnlyList<MarginalsRow> Marginals { get; init; }
}

/// <summary>Attention over k selected keys.</summary>
/// <param name="Keys">k.</param>
/// <param name="Accuracy">On the images.</param>
/// <param name="Agreement">Share of images with the softmax model's class.</param>
/// <param name="ScoreDifference">‖difference of the class scores‖ over ‖the softmax model's‖, mean over images.</param>
/// <param name="Mass">Softmax attention's weight on what is selected, mean over images, heads and queries.</param>
/// <param name="LargestMass">That of the k keys with the largest weights.</param>
internal sealed record KeysRow(int Keys, double Accuracy, double Agreement, double ScoreDifference, double Mass, double LargestMass);

/// <summary>Marginals at temperature 1.</summary>
/// <param name="Keys">Keys of a sample; 0 for any number.</param>
/// <param name="Reads">Samples that marginals are means of.</param>
/// <param name="Correlation">Pearson's, of marginals and softmax weights over the keys of a query; mean.</param>
/// <param name="Distance">Total variation between marginals over their sum and softmax weights; mean.</param>
/// <param name="OfDraws">The same distance for as many independent draws from the softmax weights.</param>
/// <param name="Selected">Keys of a sample, mean.</param>
internal sealed record MarginalsRow(int Keys, int Reads, double Correlation, double Distance, double OfDraws, double Selected);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EquivalenceResult))]
internal sealed partial class EquivalenceJson : JsonSerializerContext;
