namespace Qama.Examples.LongTasks;

// Recall: GuidedRecall64 and its like with another gradient through the selection, and nothing else changed.

/// <summary>16 of 64 tokens; the gradient: none through the selection.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class EnergyRecall64;

/// <summary>16 of 64 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityRecall64;

/// <summary>16 of 64 tokens; the gradient: the mean over four perturbed solves.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Perturbed, Samples = 4, Sigma = 0.5, Lambda = 100)]
public sealed partial class PerturbedRecall64;

/// <summary>16 of 64 tokens; the gradient: two runs nudged by the loss.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Nudged, Beta = 1)]
public sealed partial class NudgedRecall64;

/// <summary>16 of 64 tokens; the gradient: the mean over eight samples at a temperature.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 16)]
[Readout(ReadoutKind.SelectedAttention, Reads = 8, Temperature = 0.05)]
[Gradient(GradientKind.Covariance)]
public sealed partial class CovarianceRecall64;

/// <summary>32 of 128 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 32)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityRecall128;

/// <summary>32 of 128 tokens; the gradient: two runs nudged by the loss.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 32)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Nudged, Beta = 1)]
public sealed partial class NudgedRecall128;

/// <summary>64 of 256 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 64)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityRecall256;

/// <summary>64 of 256 tokens; the gradient: two runs nudged by the loss.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 64)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Nudged, Beta = 1)]
public sealed partial class NudgedRecall256;

/// <summary>128 of 512 tokens; the gradient: the solver's Jacobian taken for −1.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 128)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Identity)]
public sealed partial class IdentityRecall512;

/// <summary>128 of 512 tokens; the gradient: two runs nudged by the loss.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.001)]
[Field(Importance.ValueProjection)]
[Sparsity(Exactly = 128)]
[Readout(ReadoutKind.SelectedAttention)]
[Gradient(GradientKind.Nudged, Beta = 1)]
public sealed partial class NudgedRecall512;
