namespace Qama.Golden.Tests;

// The same declarations with couplings written out and as features of query and key.

/// <summary>Fields, exclusion, several blocks of which the last is not full, features that are no multiple of four.</summary>
[QuboAttention(Tokens = 37, EmbeddingDim = 10)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.7, Form = CouplingForm.Dense)]
[Field(Importance.ValueProjection, Weight = 0.5, Scale = TermScale.Tokens)]
[HeadExclusion(Weight = 0.4, Scale = TermScale.MeanField)]
public sealed partial class WrittenPatches;

/// <inheritdoc cref="WrittenPatches"/>
[QuboAttention(Tokens = 37, EmbeddingDim = 10)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.7, Form = CouplingForm.Factored)]
[Field(Importance.ValueProjection, Weight = 0.5, Scale = TermScale.Tokens)]
[HeadExclusion(Weight = 0.4, Scale = TermScale.MeanField)]
public sealed partial class FeaturePatches;

/// <summary>The same, annealed with features as bfloat16.</summary>
[QuboAttention(Tokens = 37, EmbeddingDim = 10)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.7, Form = CouplingForm.Factored, Features = FeaturePrecision.BFloat16)]
[Field(Importance.ValueProjection, Weight = 0.5, Scale = TermScale.Tokens)]
[HeadExclusion(Weight = 0.4, Scale = TermScale.MeanField)]
public sealed partial class CompactPatches;

/// <summary>One head, nothing but couplings.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 3)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
public sealed partial class WrittenAlone;

/// <inheritdoc cref="WrittenAlone"/>
[QuboAttention(Tokens = 16, EmbeddingDim = 3)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)]
public sealed partial class FeatureAlone;

/// <summary>An odd number of heads, weights in the readout, both kinds of batch normalisation that are not of couplings, a token term,
/// projections with a bias: padded tokens have features.</summary>
[QuboAttention(Tokens = 18, EmbeddingDim = 24)]
[Heads(3, HeadDim = 4)]
[Inputs(Bias = true)]
[Coupling(Similarity.ScaledDotProduct, Weight = 1.5, Form = CouplingForm.Dense)]
[Field(Importance.ValueNorm, Weight = 0.8, Normalize = Normalization.Batch)]
[HeadExclusion(Weight = 0.9)]
[Readout(ReadoutKind.LocalEnergy, Weighted = true, Normalize = Normalization.Batch)]
public sealed partial class WrittenThrees
{
    [TokenTerm(Weight = 0.3)]
    internal static float Position(TokenPosition token) => token.Index < 9 ? 0f : 1f;
}

/// <inheritdoc cref="WrittenThrees"/>
[QuboAttention(Tokens = 18, EmbeddingDim = 24)]
[Heads(3, HeadDim = 4)]
[Inputs(Bias = true)]
[Coupling(Similarity.ScaledDotProduct, Weight = 1.5, Form = CouplingForm.Factored)]
[Field(Importance.ValueNorm, Weight = 0.8, Normalize = Normalization.Batch)]
[HeadExclusion(Weight = 0.9)]
[Readout(ReadoutKind.LocalEnergy, Weighted = true, Normalize = Normalization.Batch)]
public sealed partial class FeatureThrees
{
    [TokenTerm(Weight = 0.3)]
    internal static float Position(TokenPosition token) => token.Index < 9 ? 0f : 1f;
}

/// <summary>Attention over what is selected, of more tokens than a block and a chunk; projections with a bias: padded tokens have features.</summary>
[QuboAttention(Tokens = 150, EmbeddingDim = 10)]
[Heads(2)]
[Inputs(Bias = true)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.7, Form = CouplingForm.Dense)]
[Field(Importance.ValueProjection, Weight = 0.5)]
[HeadExclusion(Weight = 0.4)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
public sealed partial class WrittenAttention;

/// <inheritdoc cref="WrittenAttention"/>
[QuboAttention(Tokens = 150, EmbeddingDim = 10)]
[Heads(2)]
[Inputs(Bias = true)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.7, Form = CouplingForm.Factored)]
[Field(Importance.ValueProjection, Weight = 0.5)]
[HeadExclusion(Weight = 0.4)]
[Readout(ReadoutKind.SelectedAttention, Normalize = Normalization.Batch)]
public sealed partial class FeatureAttention;

/// <summary>Attention without fields.</summary>
[QuboAttention(Tokens = 37, EmbeddingDim = 12)]
[Heads(3)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class WrittenPlainAttention;

/// <inheritdoc cref="WrittenPlainAttention"/>
[QuboAttention(Tokens = 37, EmbeddingDim = 12)]
[Heads(3)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class FeaturePlainAttention;

/// <summary>The first published readout of couplings that factor.</summary>
[QuboAttention(Tokens = 37, EmbeddingDim = 10)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.7, Form = CouplingForm.Dense)]
[Field(Importance.ValueEntropy, Weight = 0.5)]
[Readout(ReadoutKind.EntropyShare, Weighted = true)]
public sealed partial class WrittenEntropies;

/// <inheritdoc cref="WrittenEntropies"/>
[QuboAttention(Tokens = 37, EmbeddingDim = 10)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Weight = 0.7, Form = CouplingForm.Factored)]
[Field(Importance.ValueEntropy, Weight = 0.5)]
[Readout(ReadoutKind.EntropyShare, Weighted = true)]
public sealed partial class FeatureEntropies;

/// <summary>Attention of tokens whose couplings would take 2 GiB.</summary>
[QuboAttention(Tokens = 16_384, EmbeddingDim = 8)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class LongAttention;
/// <summary>Couplings batch-normed, of a similarity that is not the product of query and key alone, a term that is learned per head, two
/// reads.</summary>
[QuboAttention(Tokens = 23, EmbeddingDim = 6)]
[Heads(2)]
[Coupling(Similarity.NegativeSquaredDistance, Weight = 0.9, Normalize = Normalization.Batch, Form = CouplingForm.Dense)]
[Field(Importance.ValueProjection, Normalize = Normalization.Batch)]
public sealed partial class WrittenNormalised
{
    [CouplingTerm(Weight = 0.5)]
    internal static float Bilinear(Vec q, Vec k, [Learnable(0.8, PerHead = true)] Vec w) => Vec.Dot(w * q, k);
}

/// <inheritdoc cref="WrittenNormalised"/>
[QuboAttention(Tokens = 23, EmbeddingDim = 6)]
[Heads(2)]
[Coupling(Similarity.NegativeSquaredDistance, Weight = 0.9, Normalize = Normalization.Batch, Form = CouplingForm.Factored)]
[Field(Importance.ValueProjection, Normalize = Normalization.Batch)]
public sealed partial class FeatureNormalised
{
    [CouplingTerm(Weight = 0.5)]
    internal static float Bilinear(Vec q, Vec k, [Learnable(0.8, PerHead = true)] Vec w) => Vec.Dot(w * q, k);
}

/// <summary>An expectation over features.</summary>
[QuboAttention(Tokens = 9, EmbeddingDim = 4)]
[Heads(2)]
[Coupling(Similarity.Cosine, Form = CouplingForm.Factored)]
[Readout(ReadoutKind.Expectation, Reads = 3, Temperature = 0.8)]
public sealed partial class FeatureExpectation;

/// <summary>Whose couplings would take 32 GiB.</summary>
[QuboAttention(Tokens = 65_536, EmbeddingDim = 8, Preset = Preset.QamaV2)]
[Heads(2)]
public sealed partial class LongSequence;

/// <summary>As many tokens as there may be.</summary>
[QuboAttention(Tokens = 1_048_576, EmbeddingDim = 2, Preset = Preset.QamaV2)]
[Heads(2)]
public sealed partial class LongestSequence;

/// <summary>As many tokens as make features faster, undeclared.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 8)]
[Heads(2)]
public sealed partial class AtCrossover;

/// <summary>One less.</summary>
[QuboAttention(Tokens = 255, EmbeddingDim = 8)]
[Heads(2)]
public sealed partial class BelowCrossover;

/// <summary>Couplings that do not factor.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 8)]
[Heads(2)]
[Coupling(Similarity.JensenShannon)]
public sealed partial class Divergences;
