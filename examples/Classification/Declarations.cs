namespace Qama.Examples.Classification;

// What `qama train` puts where attention does. Images: 64 patches of 4 x 4 pixels in three colours, width 64, 8 heads of 8, 512 spins as in the paper
// (arXiv 2504.11083). Sentences: up to 64 words, width 64, 4 heads of 16.

/// <summary>Images: the published operator, literally.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class PublishedImages;

/// <summary>Images: the published operator in coefficients and outputs of a known scale.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
public sealed partial class StableImages;

/// <summary>Images: every head selects exactly half of the patches, by what they say and where they are, and attention runs over the
/// chosen.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(8)]
[Grid(8, 8)]
[Coupling(Similarity.None, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 32)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
public sealed partial class RelativeImages
{
    /// <summary>q·k / √D, and a parabola over the difference of places that every head learns.</summary>
    [CouplingTerm]
    public static float Affinity(
        Vec q, Vec k, TokenPair pair, [Learnable(0, PerHead = true)] float down, [Learnable(0, PerHead = true)] float right,
        [Learnable(0, PerHead = true)] float narrow)
    {
        int rows = pair.RowDifference, columns = pair.ColumnDifference;
        return Vec.Dot(q, k) / MathF.Sqrt(q.Length) + down * rows + right * columns - narrow * (rows * rows + columns * columns);
    }
}

/// <summary>Sentences: the published operator made stable.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(4)]
public sealed partial class StableText;

/// <summary>Sentences: every head selects at most 16 words, and attention runs over the chosen.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
public sealed partial class SelectedText;
