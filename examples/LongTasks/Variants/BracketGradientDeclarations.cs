namespace Qama.Examples.LongTasks;

// Brackets with 32 tokens: every query reads its best eight of the tokens up to it, with one gradient through the selection or
// another, and nothing else changed.

/// <summary>Eight of 32 tokens; the gradient: none through the selection.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 8)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class EnergyBrackets32;

/// <summary>Eight of 32 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 8)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityBrackets32;

/// <summary>Eight of 32 tokens; the gradient: one more solve of a shifted problem.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 8)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Blackbox, Lambda = 10)]
public sealed partial class BlackboxBrackets32;

/// <summary>Eight of 32 tokens; the gradient: the mean over four perturbed solves.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 8)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Perturbed, Samples = 4, Sigma = 0.5, Lambda = 10)]
public sealed partial class PerturbedBrackets32;

/// <summary>Eight of 32 tokens; the gradient: two runs nudged by the loss.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 8)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Nudged, Beta = 1)]
public sealed partial class NudgedBrackets32;

/// <summary>Eight of 32 tokens; the gradient: the mean over eight samples at a temperature.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Field(Importance.ValueProjection)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 8)]
[Readout(ReadoutKind.SelectedAttention, Reads = 8, Temperature = 0.5)]
[Gradient(GradientKind.Covariance)]
public sealed partial class CovarianceBrackets32;
