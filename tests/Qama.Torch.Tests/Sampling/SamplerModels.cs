namespace Qama.Torch.Tests.Sampling;

// Every shape an energy can have, small enough to be enumerated.

[QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2)]
public sealed partial class PlainModel;

[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2Stable), Heads(8)]
public sealed partial class StableModel;

[QuboAttention(Tokens = 4, EmbeddingDim = 8, Preset = Preset.QamaV1), Heads(2), SoftSelection(Bits = 2)]
public sealed partial class DiagonalModel;

[QuboAttention(Tokens = 4, EmbeddingDim = 8), Heads(2)]
[SoftSelection(Bits = 2, Curvature = 0.4), HeadExclusion(Weight = 0.7)]
public sealed partial class LevelsModel;

[QuboAttention(Tokens = 3, EmbeddingDim = 8), Heads(2)]
[SoftSelection(Bits = 2, Curvature = 0.3), HeadExclusion(Weight = 0.7, On = ExclusionTarget.Bits)]
[Sparsity(AtMost = 1, Weight = 2)]
public sealed partial class LevelBitsModel;

[QuboAttention(Tokens = 5, EmbeddingDim = 9), Heads(3), HeadExclusion(Hard = true)]
public sealed partial class DisjointModel;

[QuboAttention(Tokens = 4, EmbeddingDim = 8), Heads(2)]
[SoftSelection(Bits = 2), HeadExclusion(Hard = true, On = ExclusionTarget.Bits)]
public sealed partial class DisjointBitsModel;

[QuboAttention(Tokens = 7, EmbeddingDim = 8), Heads(2), Sparsity(AtMost = 3, Weight = 1.5)]
public sealed partial class AtMostModel;

[QuboAttention(Tokens = 7, EmbeddingDim = 8), Heads(2), Sparsity(AtLeast = 4)]
public sealed partial class AtLeastModel;

[QuboAttention(Tokens = 7, EmbeddingDim = 8), Heads(2), Sparsity(Exactly = 3), HeadExclusion(Weight = 0.5)]
public sealed partial class ExactlyModel;

[QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Sparsity(Exactly = 2), HeadExclusion(Hard = true)]
public sealed partial class ShareOutModel;

[QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2)]
[Sparsity(AtMost = 2, Weight = 0.5, Slack = SlackKind.Unbalanced)]
public sealed partial class UnbalancedModel;

[QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2)]
[LongRange(MinDistance = 3, Weight = 0.4, Form = LongRangeForm.RewardFar), Mask(MaskPattern.Window, Size = 3)]
public sealed partial class TermsModel
{
    [PairTerm(Weight = 0.3)]
    public static float Locality(TokenPair pair) => MathF.Exp(-pair.Distance / 4f);

    [TokenTerm(Weight = 0.2)]
    public static float Later(TokenPosition token) => token.Index - 2f;
}

[QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Field(Importance.None)]
[LongRange(MinDistance = 2, Weight = 0.4), Mask(MaskPattern.Block, Size = 3)]
public sealed partial class BlockModel;

/// <summary>More heads than tokens.</summary>
[QuboAttention(Tokens = 2, EmbeddingDim = 10), Heads(5), HeadExclusion(Weight = 0.8)]
public sealed partial class ManyHeadsModel;

/// <summary>More heads than tokens, and sums.</summary>
[QuboAttention(Tokens = 3, EmbeddingDim = 8), Heads(4), HeadExclusion(Weight = 0.8), Sparsity(AtMost = 1, Weight = 1)]
public sealed partial class ManyHeadsSumsModel;

/// <summary>Heads that move their one token mostly by trades, and feel each other.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 9), Heads(3), HeadExclusion(Weight = 3), Sparsity(Exactly = 1, Weight = 4)]
public sealed partial class TradingModel;
