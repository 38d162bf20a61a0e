namespace Qama.Benchmarks.Settings;

/// <summary>The second published operator, 8 heads, 64 tokens: 512 variables.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Published64;

/// <summary>The second published operator, 8 heads, 81 tokens: 648 variables.</summary>
[QuboAttention(Tokens = 81, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Published81;

/// <summary>The second published operator, 4 heads, 49 tokens: 196 variables.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(4)]
public sealed partial class FourHeads49;

/// <summary>The stable operator, 8 heads, 49 tokens: 392 variables.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
public sealed partial class Stable49;

/// <summary>The stable operator, 8 heads, 64 tokens: 512 variables.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)]
[Heads(8)]
public sealed partial class Stable64;
