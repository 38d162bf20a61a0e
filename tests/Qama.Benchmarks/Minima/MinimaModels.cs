namespace Qama.Benchmarks.Minima;

/// <summary>24 variables, couplings, fields and head exclusion: nothing is forbidden.</summary>
[QuboAttention(Tokens = 12, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection, Weight = 1)]
[HeadExclusion(Weight = 0.5)]
public sealed partial class FreeModel;

/// <summary>20 variables, of which each head selects three: no single flip is allowed.</summary>
[QuboAttention(Tokens = 10, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection, Weight = 1)]
[Sparsity(Exactly = 3)]
public sealed partial class ExactlyModel;

/// <summary>20 variables, of which each head selects at most three.</summary>
[QuboAttention(Tokens = 10, EmbeddingDim = 16)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection, Weight = 1)]
[Sparsity(AtMost = 3)]
public sealed partial class AtMostModel;
