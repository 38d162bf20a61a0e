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

/// <summary>A user term with conditionals, positions and learnables, beside the second preset's.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2)]
public sealed partial class Termed
{
    [CouplingTerm]
    private static float Nearness(Vec q, Vec k, TokenPair pair, [Learnable(0.5, PerHead = true)] float slope) =>
        pair.Distance > 1 ? MathF.Max(0f, slope - Vec.Norm(q - k)) / pair.Distance : 0f;
}

/// <summary>The same parameters as <see cref="Second"/>, another energy.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2), HeadExclusion(Weight = 3)]
public sealed partial class Heavier;

/// <summary>One number per token.</summary>
[QuboAttention(Tokens = 2, EmbeddingDim = 1, Preset = Preset.QamaV2), Heads(1)]
public sealed partial class Narrow;
