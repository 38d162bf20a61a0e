namespace Qama.Examples.TorchSharpDigits;

// The declared operators: 49 patches of an image, width 64, 4 heads of 16. Modules of torch are generated beside everything else.

/// <summary>The published operator (arXiv 2504.11083), literally.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(4)]
public sealed partial class QamaV2Attention;

/// <summary>The published operator in coefficients and outputs of a known scale.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(4)]
public sealed partial class QamaV2StableAttention;

/// <summary>At most 12 of the 49 patches per head, whatever the coefficients.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(4)]
[Sparsity(AtMost = 12)]
public sealed partial class SparseAttention;

/// <summary>The energy chooses at most 24 of the 49 patches, and softmax attention runs over the chosen.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
public sealed partial class SelectedAttention;
