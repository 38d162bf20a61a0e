// Classes that begin with every token leave nothing to choose, and are meant to.
#pragma warning disable QAMA0110

namespace Qama.Examples.LongTasks;

// Recall: width 64, one head. A quarter of the tokens, chosen by what a token says and where it stands
// (fields), nearly without regard to pairs (couplings of weight 0.02); attention runs over the chosen. From 256 tokens
// on couplings are kept as features.

/// <summary>16 of 64 tokens.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedRecall64;

/// <summary>16 of 64 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedRecall64;

/// <summary>All 64 tokens, to begin with.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 64)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideRecall64;

/// <summary>32 of 128 tokens.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 32)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedRecall128;

/// <summary>32 of 128 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 32)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedRecall128;

/// <summary>All 128 tokens, to begin with.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 128)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideRecall128;

/// <summary>64 of 256 tokens.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 64)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedRecall256;

/// <summary>64 of 256 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 64)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedRecall256;

/// <summary>All 256 tokens, to begin with.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 256)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideRecall256;

/// <summary>128 of 512 tokens.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 128)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedRecall512;

/// <summary>128 of 512 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 128)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedRecall512;

/// <summary>All 512 tokens, to begin with.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 512)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideRecall512;
