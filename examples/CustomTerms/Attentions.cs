namespace Qama.Examples.CustomTerms;

/// <summary>The comparison: scaled dot product on the 4x4 grid of patches, nothing of its own.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
[Grid(4, 4)]
[Coupling(Similarity.ScaledDotProduct)]
public sealed partial class PlainAttention;

/// <summary>The same model, where every head learns how much distance on the grid discounts an affinity.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
[Grid(4, 4)]
[Coupling(Similarity.None)]
public sealed partial class DiscountedAttention
{
    /// <summary>q·k / √D − slope · log(1 + d).</summary>
    [CouplingTerm]
    public static float Affinity(Vec q, Vec k, TokenPair pair, [Learnable(0, PerHead = true)] float slope) =>
        Vec.Dot(q, k) / MathF.Sqrt(q.Length) - slope * MathF.Log(1f + pair.Distance);
}
