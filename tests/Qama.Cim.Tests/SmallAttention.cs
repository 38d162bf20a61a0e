namespace Qama.Cim.Tests;

/// <summary>A layer of 12 binary variables.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 8)]
[Heads(2)]
[Field(Importance.ValueNorm, Weight = 0.5)]
[HeadExclusion(Weight = 0.8)]
public sealed partial class SmallAttention;
