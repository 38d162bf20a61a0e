// Classes that begin with every token leave nothing to choose, and are meant to.
#pragma warning disable QAMA0110

namespace Qama.Examples.LongTasks;

// Selective copying: width 64, four heads of 16. Every head selects as many tokens as there are data tokens. Couplings
// are kept as features.

/// <summary>16 of 288 tokens.</summary>
[QuboAttention(Tokens = 288, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedCopying256;

/// <summary>16 of 288 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 288, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedCopying256;

/// <summary>16 of 288 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 288, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityCopying256;

/// <summary>All 288 tokens, to begin with.</summary>
[QuboAttention(Tokens = 288, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 288)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideCopying256;

/// <summary>16 of 1,056 tokens.</summary>
[QuboAttention(Tokens = 1056, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedCopying1024;

/// <summary>16 of 1,056 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 1056, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedCopying1024;

/// <summary>16 of 1,056 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 1056, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityCopying1024;

/// <summary>All 1,056 tokens, to begin with.</summary>
[QuboAttention(Tokens = 1056, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 1056)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideCopying1024;

/// <summary>16 of 4,128 tokens.</summary>
[QuboAttention(Tokens = 4128, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedCopying4096;

/// <summary>16 of 4,128 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 4128, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedCopying4096;

/// <summary>All 4,128 tokens, to begin with.</summary>
[QuboAttention(Tokens = 4128, EmbeddingDim = 64)]
[Heads(4)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 4128)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideCopying4096;
