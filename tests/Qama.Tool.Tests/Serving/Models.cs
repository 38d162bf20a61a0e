namespace Qama.Tool.Tests.Serving;

// Declared models that qama serve shows.

/// <summary>Small enough to visit every state: 12 variables.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4)]
[Heads(2)]
[Grid(2, 3)]
[Coupling(Similarity.ScaledDotProduct, Weight = 1.5)]
[Field(Importance.ValueProjection, Weight = 0.75)]
[HeadExclusion(Weight = 0.25)]
[Sparsity(AtMost = 2)]
public sealed partial class SmallGrid;

/// <summary>Every kind of part: levels of selection, curvature, exclusion, penalties by position, two bounds.</summary>
[QuboAttention(Tokens = 9, EmbeddingDim = 8)]
[Heads(2)]
[SoftSelection(Bits = 2, Curvature = 0.3)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection)]
[HeadExclusion(Hard = true)]
[LongRange(MinDistance = 3, Weight = 0.2)]
[Sparsity(AtMost = 4)]
[Sparsity(AtLeast = 1, Weight = 0.5, Slack = SlackKind.Unbalanced)]
public sealed partial class EveryPart
{
    /// <summary>Early tokens cost less.</summary>
    [TokenTerm(Weight = 0.3)]
    public static float Early(TokenPosition token) => 0.1f * token.Index * (1 + token.Head);

    /// <summary>Neighbours cost more.</summary>
    [PairTerm(Weight = 0.3)]
    public static float Locality(TokenPair pair) => MathF.Exp(-pair.Distance / 4f);
}
