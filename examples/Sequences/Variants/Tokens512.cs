namespace Qama.Examples.Sequences;

// 512 tokens, 4 heads of 16; attention runs over what a head selects. All but one attribute are the same.

/// <summary>As many tokens as pay off.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Unlimited512;

/// <summary>At most 16 of the 512 tokens per head.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Budget512;

/// <summary>At most 16, and pairs nearer than 32 tokens pay.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[LongRange(MinDistance = 32, Weight = 32)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class PenaliseNear512;

/// <summary>At most 16, and pairs at least 32 tokens apart are rewarded.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[LongRange(MinDistance = 32, Weight = 32, Form = LongRangeForm.RewardFar)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class RewardFar512;
