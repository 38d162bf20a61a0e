namespace Qama.Examples.Digits;

/// <summary>The operator of the paper's second version for 16 image patches: 8 heads choose patches jointly, 128 binary
/// variables per image. Everything else of this class is generated.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class DigitAttention;
