namespace Qama.Benchmarks.Factored;

// The second published operator, couplings as features and, where memory allows, written out.

[QuboAttention(Tokens = 1_024, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Narrow1024;

[QuboAttention(Tokens = 4_096, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Narrow4096;

[QuboAttention(Tokens = 16_384, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Narrow16384;

[QuboAttention(Tokens = 65_536, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Narrow65536;

[QuboAttention(Tokens = 1_024, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Wide1024;

[QuboAttention(Tokens = 4_096, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Wide4096;

[QuboAttention(Tokens = 16_384, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Wide16384;

[QuboAttention(Tokens = 65_536, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Wide65536;

[QuboAttention(Tokens = 2_048, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Layer2048;

[QuboAttention(Tokens = 2_048, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
internal sealed partial class WrittenLayer2048;

[QuboAttention(Tokens = 128, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)]
internal sealed partial class Layer128;

[QuboAttention(Tokens = 128, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
internal sealed partial class WrittenLayer128;

[QuboAttention(Tokens = 256, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Layer256;

[QuboAttention(Tokens = 256, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
internal sealed partial class WrittenLayer256;

[QuboAttention(Tokens = 512, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class Layer512;

[QuboAttention(Tokens = 512, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
internal sealed partial class WrittenLayer512;

[QuboAttention(Tokens = 256, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class WideLayer256;

[QuboAttention(Tokens = 256, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
[Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
internal sealed partial class WrittenWideLayer256;
