// Classes that begin with every token leave nothing to choose, and are meant to.
#pragma warning disable QAMA0110

namespace Qama.Examples.LongTasks;

// ListOps: width 64, two heads of 32, a quarter of 2,000 tokens. Couplings are kept as features.

/// <summary>500 of 2,000 tokens.</summary>
[QuboAttention(Tokens = 2_000, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 500)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class SelectedListOps;

/// <summary>500 of 2,000 tokens; one more solve tells fields which others would have helped.</summary>
[QuboAttention(Tokens = 2_000, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 500)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 100)]
public sealed partial class GuidedListOps;

/// <summary>500 of 2,000 tokens, couplings nearly off; no gradient through the selection.</summary>
[QuboAttention(Tokens = 2_000, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 500)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class EnergyListOps;

/// <summary>500 of 2,000 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 2_000, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 500)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityListOps;

/// <summary>All 500 tokens of shorter expressions, to begin with.</summary>
[QuboAttention(Tokens = 500, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 500)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideListOps500;

/// <summary>All 2,000 tokens, to begin with.</summary>
[QuboAttention(Tokens = 2_000, EmbeddingDim = 64)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 2_000)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WideListOps;
