namespace Qama.Torch.Tests.Layers;

/// <summary>The second version's operator, in the shapes of the authors' values.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6, Preset = Preset.QamaV2), Heads(2)]
internal sealed partial class SecondVersion;

[QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(4)]
internal sealed partial class SecondVersionFourHeads;

/// <summary>The first version's operator, in the shapes of the authors' values.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV1), Heads(2), SoftSelection(Bits = 3)]
internal sealed partial class FirstVersion;

[QuboAttention(Tokens = 4, EmbeddingDim = 9, Preset = Preset.QamaV1), Heads(3), SoftSelection(Bits = 2)]
internal sealed partial class FirstVersionThreeHeads;

/// <summary>Three batch norms.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6, Preset = Preset.QamaV2Stable), Heads(2)]
internal sealed partial class Stable;

/// <summary>Biased projections, energies with the solver's weights, normalised couplings behind a mask.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4), Heads(2, HeadDim = 3)]
[Coupling(Similarity.ScaledDotProduct, Weight = 1.5, Normalize = Normalization.Batch), Field(Importance.ValueNorm, Weight = 0.5)]
[Inputs(LayerNorm = true, Bias = true), Mask(MaskPattern.Block, Size = 3), Readout(ReadoutKind.LocalEnergy, Weighted = true)]
internal sealed partial class Blocks;

/// <summary>Nothing reads the value.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 4), Heads(2), Inputs(LayerNorm = false)]
internal sealed partial class CouplingOnly;

/// <summary>Attention with a normalised field.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6), Heads(2), SoftSelection(Bits = 2, Curvature = 0.5)]
[Field(Importance.ValueNorm, Normalize = Normalization.Batch), Readout(ReadoutKind.SelectedAttention)]
internal sealed partial class NormedAttention;

/// <summary>Attention within a window; the normalised couplings are the solver's alone.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4), Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Normalize = Normalization.Batch), Field(Importance.ValueProjection, Weight = 0.7)]
[Mask(MaskPattern.Window, Size = 2), Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
internal sealed partial class Windowed;

/// <summary>The mean over reads, and its gradient through the distribution.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6), Heads(2), HeadExclusion(Weight = 0.3)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.8), Field(Importance.ValueProjection, Weight = 0.4)]
[Readout(ReadoutKind.Expectation, Reads = 5, Temperature = 0.6)]
internal sealed partial class Expected;

/// <summary>Nothing but a learned coupling of every pair.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 4), Heads(2), LearnedCoupling(PerHead = true, Weight = 0.8, Initial = double.NaN)]
internal sealed partial class LearnedPairs;

/// <summary>Attention biased by a learned coupling of distances on a grid, one for all heads, behind a mask.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4), Heads(2), Grid(3, 2), Mask(MaskPattern.Window, Size = 1)]
[Coupling(Similarity.ScaledDotProduct, Normalize = Normalization.Batch), Readout(ReadoutKind.SelectedAttention)]
[LearnedCoupling(Form = LearnedCouplingForm.Relative, Initial = double.NaN)]
internal sealed partial class LearnedBias;

/// <summary>Attention biased by a learned coupling of every ordered pair.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 4), Heads(2), Coupling(Similarity.ScaledDotProduct), Readout(ReadoutKind.SelectedAttention)]
[LearnedCoupling(PerHead = true, Weight = 0.7, Initial = double.NaN)]
internal sealed partial class LearnedDirections;

/// <summary>A learned coupling of every distance beside the first version's, of which a token's with itself counts.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV1), Heads(2), SoftSelection(Bits = 2)]
[LearnedCoupling(PerHead = true, Form = LearnedCouplingForm.Relative, Initial = double.NaN)]
internal sealed partial class LearnedFirstVersion;

/// <summary>The mean over reads, with a learned coupling.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6), Heads(2), LearnedCoupling(Initial = double.NaN, Weight = 0.5)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.8), Readout(ReadoutKind.Expectation, Reads = 5, Temperature = 0.6)]
internal sealed partial class LearnedExpected;

/// <summary>An output of its own, of all there is of a token.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6), Heads(2), SoftSelection(Bits = 2, Curvature = 0.5), Field(Importance.ValueNorm)]
[Readout(ReadoutKind.Terms, Weighted = true, Normalize = Normalization.Batch)]
internal sealed partial class OwnReadout
{
    [ReadoutTerm]
    internal static Vec Pooled(
        float selected, float energy, Vec q, Vec key, Vec v, TokenPosition at, [Learnable(0.4, PerHead = true)] Vec gate) =>
        selected * v + MathF.Tanh(energy) * gate * q + (selected > 0.4f ? MathF.Sqrt(selected) : 0f) * Vec.Softmax(key) / (1f + at.Index);

    [ReadoutTerm(Weight = 0.5)]
    internal static float Energy(float energy, [Learnable(0.7)] float scale) => scale * energy;
}

/// <summary>Marginals of the selection, times values.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6), Heads(2), HeadExclusion(Weight = 0.3), SoftSelection(Bits = 2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.8), Field(Importance.ValueProjection, Weight = 0.4)]
[Readout(ReadoutKind.MarginalAttention, Reads = 5, Temperature = 0.6)]
internal sealed partial class Marginals;

/// <summary>The mean over reads of an output of its own; one term needs no reads.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6), Heads(2), HeadExclusion(Weight = 0.3)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.8), Field(Importance.ValueProjection, Weight = 0.4)]
[Readout(ReadoutKind.Expectation, Reads = 5, Temperature = 0.6)]
internal sealed partial class OwnExpected
{
    [ReadoutTerm]
    internal static Vec Pooled(float selected, float energy, Vec v) => selected * v + energy * energy * v;

    [ReadoutTerm]
    internal static Vec Always(Vec q, Vec k) => Vec.Max(q, k);
}

/// <summary>An output that depends on positions alone.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6), Heads(2)]
internal sealed partial class OwnPlaces
{
    [ReadoutTerm]
    internal static Vec Places(Vec v, TokenPosition at) => 0f * v + at.Index + 2f * at.Head;
}

/// <summary>As many numbers of heads as dimensions of a head.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 4), Heads(2)]
internal sealed partial class Scaled
{
    [CouplingTerm]
    internal static float Affinity(Vec q, Vec k, [Learnable(0.7, PerHead = true)] float scale, [Learnable(0.9)] Vec weights) =>
        scale * Vec.Dot(q * weights, k);
}
