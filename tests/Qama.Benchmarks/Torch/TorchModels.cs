namespace Qama.Benchmarks.Torch;

[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class V2Of49;

[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable), Heads(8)]
internal sealed partial class StableOf49;

[QuboAttention(Tokens = 49, EmbeddingDim = 64), Heads(8)]
[Field(Importance.ValueProjection), HeadExclusion(Weight = 0.8, Scale = TermScale.MeanField)]
[Readout(ReadoutKind.SelectedAttention)]
internal sealed partial class SelectedOf49;

[QuboAttention(Tokens = 512, EmbeddingDim = 128, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class V2Of512;

[QuboAttention(Tokens = 512, EmbeddingDim = 128, Preset = Preset.QamaV2Stable), Heads(8)]
internal sealed partial class StableOf512;

[QuboAttention(Tokens = 512, EmbeddingDim = 128), Heads(8)]
[Field(Importance.ValueProjection), HeadExclusion(Weight = 0.8, Scale = TermScale.MeanField)]
[Readout(ReadoutKind.SelectedAttention)]
internal sealed partial class SelectedOf512;

[QuboAttention(Tokens = 2048, EmbeddingDim = 512, Preset = Preset.QamaV2), Heads(8)]
internal sealed partial class V2Of2048;

[QuboAttention(Tokens = 2048, EmbeddingDim = 512, Preset = Preset.QamaV2Stable), Heads(8)]
internal sealed partial class StableOf2048;

[QuboAttention(Tokens = 2048, EmbeddingDim = 512), Heads(8)]
[Field(Importance.ValueProjection), HeadExclusion(Weight = 0.8, Scale = TermScale.MeanField)]
[Readout(ReadoutKind.SelectedAttention)]
internal sealed partial class SelectedOf2048;
