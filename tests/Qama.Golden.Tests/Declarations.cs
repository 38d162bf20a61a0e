namespace Qama.Golden.Tests;

/// <summary>The second version's operator, in the shapes of the golden files.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6, Preset = Preset.QamaV2)]
[Heads(2)]
public sealed partial class SecondVersion;

[QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2)]
[Heads(4)]
public sealed partial class SecondVersionFourHeads;

/// <summary>The first version's operator, in the shapes of the golden files.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV1)]
[Heads(2)]
[SoftSelection(Bits = 3)]
public sealed partial class FirstVersion;

[QuboAttention(Tokens = 4, EmbeddingDim = 9, Preset = Preset.QamaV1)]
[Heads(3)]
[SoftSelection(Bits = 2)]
public sealed partial class FirstVersionThreeHeads;
