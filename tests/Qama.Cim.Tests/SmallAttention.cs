namespace Qama.Cim.Tests;

/// <summary>A layer of 12 binary variables.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 8)]
[Heads(2)]
[Field(Importance.ValueNorm, Weight = 0.5)]
[HeadExclusion(Weight = 0.8)]
public sealed partial class SmallAttention;

/// <summary>The same with couplings that are kept as features of query and key.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 8)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)]
[Field(Importance.ValueNorm, Weight = 0.5)]
[HeadExclusion(Weight = 0.8)]
public sealed partial class SmallFeatureAttention;
