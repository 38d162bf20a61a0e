using System.Text.Json.Serialization;

namespace Qama.Tool.Runs;

/// <summary>What the heads of a trained model looked at, of a few samples: <c>heads</c> in a result.</summary>
/// <param name="Kind">"selected" where heads select tokens, "attended" where they have probabilities.</param>
/// <param name="Columns">Patches in a row, of images; null for texts.</param>
/// <param name="Samples">The samples.</param>
internal sealed record HeadSamples(string Kind, int? Columns, IReadOnlyList<HeadSample> Samples);

/// <summary>A sample, and what each head of each block makes of its tokens.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Predicted">The class that the model says.</param>
/// <param name="Image">The image as PNG in base64; null for texts.</param>
/// <param name="Words">The words that are tokens; null for images.</param>
/// <param name="Weights">[blocks][heads][tokens]: selection weights, 0 to 1; or probabilities, averaged over queries, in units of the
/// largest of the head.</param>
internal sealed record HeadSample(
    string Label, string Predicted, string? Image, IReadOnlyList<string>? Words,
    [property: JsonConverter(typeof(CompactWeights))] IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> Weights);
