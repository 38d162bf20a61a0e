namespace Qama.Examples.Vision;

// What stands for the derivative of a selection: one operator, and its gradient alone differs. Attention over at most 24 selected tokens,
// whose own gradient (Energy) reaches couplings and fields only as weights of the readout.

/// <summary>The solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityGradient;

/// <summary>One more solve of a shifted problem.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
[Gradient(GradientKind.Blackbox, Lambda = 10)]
public sealed partial class BlackboxGradient;

/// <summary>The mean over four perturbed solves, and as many shifted ones.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
[Gradient(GradientKind.Perturbed, Samples = 4, Sigma = 0.5, Lambda = 10)]
public sealed partial class PerturbedGradient;

/// <summary>Two runs whose energies hold a share of the loss.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
[Gradient(GradientKind.Nudged, Beta = 1)]
public sealed partial class NudgedGradient;

/// <summary>The mean over eight samples at a temperature, whose distribution has a gradient.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64)]
[Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.02, Normalize = Normalization.Batch)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 24)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch, Reads = 8, Temperature = 0.5)]
[Gradient(GradientKind.Covariance)]
public sealed partial class CovarianceGradient;
