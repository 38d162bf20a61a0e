namespace Qama.Examples.Vision;

// The stable preset with other weights of head exclusion and of long range; everything else stays.

/// <summary>Head exclusion of weight 0.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[HeadExclusion(Weight = 0, Scale = TermScale.MeanField)]
public sealed partial class ExclusionZero;

/// <summary>Head exclusion of weight 0.1.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[HeadExclusion(Weight = 0.1, Scale = TermScale.MeanField)]
public sealed partial class ExclusionTenth;

/// <summary>Head exclusion of weight 0.5.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[HeadExclusion(Weight = 0.5, Scale = TermScale.MeanField)]
public sealed partial class ExclusionHalf;

/// <summary>Head exclusion of weight 1.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[HeadExclusion(Weight = 1, Scale = TermScale.MeanField)]
public sealed partial class ExclusionOne;

/// <summary>Head exclusion of weight 2.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[HeadExclusion(Weight = 2, Scale = TermScale.MeanField)]
public sealed partial class ExclusionTwo;

/// <summary>Pairs of patches at least three apart are rewarded with 0.02.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Grid(7, 7)]
[LongRange(MinDistance = 3, Weight = 0.02, Form = LongRangeForm.RewardFar)]
public sealed partial class FarFiftieth;

/// <summary>Pairs of patches at least three apart are rewarded with 0.1.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Grid(7, 7)]
[LongRange(MinDistance = 3, Weight = 0.1, Form = LongRangeForm.RewardFar)]
public sealed partial class FarTenth;

/// <summary>Pairs of patches at least three apart are rewarded with 0.2.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Grid(7, 7)]
[LongRange(MinDistance = 3, Weight = 0.2, Form = LongRangeForm.RewardFar)]
public sealed partial class FarFifth;

/// <summary>Pairs of patches at least three apart are rewarded with 0.5.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
[Grid(7, 7)]
[LongRange(MinDistance = 3, Weight = 0.5, Form = LongRangeForm.RewardFar)]
public sealed partial class FarHalf;
