namespace Qama.Benchmarks.Solutions;

// The second published operator, 8 heads, on images of 14 x 14, 28 x 28 and 64 x 64 patches.

[QuboAttention(Tokens = 196, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Tokens196;

[QuboAttention(Tokens = 784, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Tokens784;

[QuboAttention(Tokens = 4096, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Tokens4096;
