using Qama.Layers;
using Qama.Problems;

namespace Qama.Benchmarks.Solvers;

/// <summary>The second published operator, 8 heads, at the size of the MNIST instances.</summary>
[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Published49;

/// <summary>The same with 128 tokens: the synthetic instances.</summary>
[QuboAttention(Tokens = 128, EmbeddingDim = 64, Preset = Preset.QamaV2)]
[Heads(8)]
public sealed partial class Published128;

/// <summary>Models are declared, so instances of other shapes need a class here.</summary>
internal static class InstanceModels
{
    public static ProblemBatch ToBatch(AttentionInstances instances) => (instances.Heads, instances.Tokens) switch
    {
        (8, 49) => instances.ToBatch<Published49>(),
        (8, 128) => instances.ToBatch<Published128>(),
        _ => throw new NotSupportedException(
            $"No model of {instances.Heads} heads and {instances.Tokens} tokens is declared in {nameof(InstanceModels)}."),
    };
}
