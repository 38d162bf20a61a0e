namespace Qama.Torch.Tests;

/// <summary>Learned projections, norms, a learned vector.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2)]
public sealed partial class Second;

/// <summary>Batch normalisation: running statistics are buffers.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8, Preset = Preset.QamaV1), Heads(2)]
public sealed partial class First;

/// <summary>An output wider than the input, inside another class; attention over the selected tokens.</summary>
public static partial class Outer
{
    [QuboAttention(Tokens = 4, EmbeddingDim = 6), Heads(3, HeadDim = 4)]
    [Field(Importance.ValueProjection), Readout(ReadoutKind.SelectedAttention)]
    internal sealed partial class Wide;
}
