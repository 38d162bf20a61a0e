namespace Qama.Benchmarks.Scaling;

// Models are declared, so every size needs a class: the second published operator, and the same with several bits.

/// <summary>8 heads, 16 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens16;

/// <summary>8 heads, 32 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 32, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens32;

/// <summary>8 heads, 64 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 64, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens64;

/// <summary>8 heads, 128 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens128;

/// <summary>8 heads, 256 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 256, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens256;

/// <summary>8 heads, 512 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 512, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens512;

/// <summary>8 heads, 1024 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 1024, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens1024;

/// <summary>8 heads, 2048 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 2048, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Tokens2048;

/// <summary>1 head, 49 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 8, Preset = Preset.QamaV2)]
[Heads(1)]
public sealed partial class Heads1;

/// <summary>2 heads, 49 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 16, Preset = Preset.QamaV2)]
[Heads(2)]
public sealed partial class Heads2;

/// <summary>4 heads, 49 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 32, Preset = Preset.QamaV2)]
[Heads(4)]
public sealed partial class Heads4;

/// <summary>8 heads, 49 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Heads8;

/// <summary>16 heads, 49 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 128, Preset = Preset.QamaV2)]
[Heads(16)]
public sealed partial class Heads16;

/// <summary>32 heads, 49 tokens, 1 bit.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 256, Preset = Preset.QamaV2)]
[Heads(32)]
public sealed partial class Heads32;

/// <summary>8 heads, 49 tokens, 2 bits.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
[SoftSelection(Bits = 2, Curvature = 0.5)]
public sealed partial class Bits2;

/// <summary>8 heads, 49 tokens, 3 bits.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
[SoftSelection(Bits = 3, Curvature = 0.5)]
public sealed partial class Bits3;

/// <summary>8 heads, 49 tokens, 4 bits.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
[SoftSelection(Bits = 4, Curvature = 0.5)]
public sealed partial class Bits4;
