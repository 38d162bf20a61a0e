namespace Qama.Tool.Tests.Inspecting;

// Declared models that qama is shown, each kind once and once more with other tokens.

[QuboAttention(Tokens = 32, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection, Weight = 0.5, Scale = TermScale.Tokens)]
[HeadExclusion(Weight = 0.8)]
public sealed partial class Dense;

[QuboAttention(Tokens = 64, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection, Weight = 0.5, Scale = TermScale.Tokens)]
[HeadExclusion(Weight = 0.8)]
public sealed partial class DenseTwice;

[QuboAttention(Tokens = 512, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 4, Weight = 2)]
public sealed partial class Factored;

[QuboAttention(Tokens = 1024, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 4, Weight = 2)]
public sealed partial class FactoredTwice;

[QuboAttention(Tokens = 64, EmbeddingDim = 16)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class PerQuery;

[QuboAttention(Tokens = 128, EmbeddingDim = 16)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class PerQueryTwice;

[QuboAttention(Tokens = 64, EmbeddingDim = 16)]
[Heads(2)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 16)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Causal;

[QuboAttention(Tokens = 128, EmbeddingDim = 16)]
[Heads(2)]
[Select(Per = SelectionScope.Causal, Block = 16, Memory = 16)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class CausalTwice;

/// <summary>Has what few have; and is inside another class.</summary>
public static partial class Outer
{
    [QuboAttention(Tokens = 16, EmbeddingDim = 16)]
    [Heads(4)]
    [SoftSelection(Bits = 2)]
    [Coupling(Similarity.ScaledDotProduct)]
    [Field(Importance.ValueProjection)]
    [Sparsity(AtMost = 3)]
    [Gradient(GradientKind.Perturbed, Samples = 4)]
    public sealed partial class Perturbed;
}

[QuboAttention(Tokens = 16, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Readout(ReadoutKind.Expectation, Reads = 8, Temperature = 0.5)]
public sealed partial class Sampled;
