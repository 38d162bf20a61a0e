namespace Qama.Cim.Tests;

/// <summary>Two heads of four tokens, two at most.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[Coupling(Similarity.Cosine, Weight = 0.5)]
[Field(Importance.ValueNorm)]
[Sparsity(AtMost = 2)]
public sealed partial class AtMostTwo;

/// <summary>Two heads of six tokens, three at most.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4)]
[Heads(2)]
[Coupling(Similarity.Cosine, Weight = 0.5)]
[Field(Importance.ValueNorm)]
[Sparsity(AtMost = 3)]
public sealed partial class AtMostThree;

/// <summary>Weights of two bits that sum to 4/3, heads that share no token.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[SoftSelection(Bits = 2, Curvature = 0.1)]
[Coupling(Similarity.Cosine)]
[HeadExclusion(Hard = true)]
[Sparsity(Exactly = 1.3333333333333333)]
public sealed partial class ExactWeights;

/// <summary>Heads that share no bit of a token, half a weight at least.</summary>
[QuboAttention(Tokens = 3, EmbeddingDim = 4)]
[Heads(2)]
[SoftSelection(Bits = 2, Curvature = 0.1)]
[Coupling(Similarity.Cosine)]
[HeadExclusion(Hard = true, On = ExclusionTarget.Bits)]
[Sparsity(AtLeast = 0.33333333333333333)]
public sealed partial class ExclusiveBits;
