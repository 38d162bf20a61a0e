namespace Qama.Examples.CustomTerms;

/// <summary>A readout of its own: values as far as they are selected, and a learned share of the energy.</summary>
[QuboAttention(Tokens = 16, EmbeddingDim = 64)]
[Heads(8)]
[Coupling(Similarity.ScaledDotProduct)]
[Inputs(LayerNorm = false, Projected = true)]
[Readout(ReadoutKind.Expectation, Reads = 8, Temperature = 0.5)]
public sealed partial class PooledAttention
{
    /// <summary>s v + scale ε v.</summary>
    [ReadoutTerm]
    public static Vec Pooled(float selected, float energy, Vec v, [Learnable(1, PerHead = true)] float scale) =>
        selected * v + scale * energy * v;
}
