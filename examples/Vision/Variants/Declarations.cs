namespace Qama.Examples.Vision;

// The attention operators that are compared: 49 patches of an image, width 64, 8 heads of 8. Everything else is generated.

/// <summary>The published operator, literally.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class PublishedAttention;

/// <summary>The published operator in coefficients and outputs of a known scale.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
public sealed partial class StableAttention;

/// <summary>The published operator with batch-normed outputs: a step towards the stable one.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
[Readout(ReadoutKind.LocalEnergy, Normalize = Normalization.Batch)]
public sealed partial class NormedAttention;

/// <summary>The published operator with batch-normed outputs whose scale starts at 0: the next step.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
[Readout(ReadoutKind.LocalEnergy, Normalize = Normalization.Batch, StartAtZero = true)]
public sealed partial class ZeroStartAttention;

/// <summary>Selection weights of two bits; the curvature makes weights between 0 and 1 worth choosing.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[SoftSelection(Bits = 2, Curvature = 2)]
public sealed partial class SoftAttention;

/// <summary>At most 12 of the 49 patches per head, whatever the coefficients.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Sparsity(AtMost = 12)]
public sealed partial class SparseAttention;

/// <summary>Pairs of patches at least three apart on the image are rewarded.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Grid(7, 7)]
[LongRange(MinDistance = 3, Weight = 0.05, Form = LongRangeForm.RewardFar)]
public sealed partial class LongRangeAttention;

/// <summary>Couplings by Jensen-Shannon divergence, as in the first version of the paper.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Coupling(Similarity.JensenShannon, Normalize = Normalization.Batch)]
public sealed partial class JensenShannonAttention;

/// <summary>The mean over samples at a temperature, with the gradient of the distribution.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Readout(ReadoutKind.Expectation, Reads = 8, Temperature = 1, Normalize = Normalization.Batch, StartAtZero = true)]
public sealed partial class ExpectedAttention;

/// <summary>The energy chooses at most 24 of the 49 tokens, and attention runs over the chosen.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
public sealed partial class SelectedAttention;

/// <summary>A term of our own: every head learns which place relative to a patch it prefers, and how sharply.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Grid(7, 7)]
[Coupling(Similarity.None, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
public sealed partial class RelativeAttention
{
    /// <summary>q·k / √D, and a parabola over the difference of places.</summary>
    [CouplingTerm]
    public static float Affinity(
        Vec q, Vec k, TokenPair pair, [Learnable(0, PerHead = true)] float down, [Learnable(0, PerHead = true)] float right,
        [Learnable(0, PerHead = true)] float narrow)
    {
        int rows = pair.RowDifference, columns = pair.ColumnDifference;
        return Vec.Dot(q, k) / MathF.Sqrt(q.Length) + down * rows + right * columns - narrow * (rows * rows + columns * columns);
    }
}
