namespace Qama.Examples.Sequences;

// 256 tokens, 4 heads of 16; attention runs over what a head selects. All but one attribute are the same.

/// <summary>As many tokens as pay off.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Unlimited256;

/// <summary>At most 16 of the 256 tokens per head.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class Budget256;

/// <summary>At most 16, and pairs nearer than 16 tokens pay.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[LongRange(MinDistance = 16, Weight = 32)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class PenaliseNear256;

/// <summary>At most 16, and pairs at least 16 tokens apart are rewarded.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64)]
[Heads(4)]
[Field(Importance.ValueProjection)]
[Sparsity(AtMost = 16)]
[LongRange(MinDistance = 16, Weight = 32, Form = LongRangeForm.RewardFar)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class RewardFar256;
