// Classes that begin with every token leave nothing to choose, and are meant to.
#pragma warning disable QAMA0110

namespace Qama.Examples.LongTasks;

// Induction: width 64, two heads of 32, 16 tokens of however many. Parameters do not depend on the number of
// tokens, so that what was trained on 256 reads 65,536.

/// <summary>16 of 256 tokens.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedInduction256;

/// <summary>16 of 256 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedInduction256;

/// <summary>All 256 tokens, to begin with.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 256)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideInduction256;

/// <summary>16 of 1,024 tokens.</summary>
[QuboAttention(Tokens = 1_024, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedInduction1024;

/// <summary>16 of 4,096 tokens.</summary>
[QuboAttention(Tokens = 4_096, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedInduction4096;

/// <summary>16 of 16,384 tokens.</summary>
[QuboAttention(Tokens = 16_384, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedInduction16384;

/// <summary>16 of 65,536 tokens.</summary>
[QuboAttention(Tokens = 65_536, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedInduction65536;
