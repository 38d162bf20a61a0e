using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>
/// The baseline that a QUBO attention layer is compared with: LayerNorm on the input, bias-free projections to queries,
/// keys and values, softmax heads, and optionally an output projection.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class SoftmaxAttention<T> : Sequential<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Creates the layer.</summary>
    /// <param name="input">Shape of an input sample.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="headDim">Width of a head.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="norm">Whether the input is layer-normalised.</param>
    /// <param name="outputProjection">Whether a bias-free projection back to the input's width follows; without it the
    /// output is [tokens, heads · headDim], as a QUBO attention layer's.</param>
    /// <param name="causal">Whether query i sees the tokens j ≤ i only.</param>
    /// <param name="window">Query i sees tokens with |i − j| &lt; window only: causal, the last <paramref name="window"/>
    /// ones, itself included. 0 for no window.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the window below 0.</exception>
    public SoftmaxAttention(
        TokenShape input, int heads, int headDim, long seed, bool norm = true, bool outputProjection = false, bool causal = false,
        int window = 0)
        : this(input, new AttentionHeads<T>(input.Tokens, heads, headDim, causal, window), seed, norm, outputProjection)
    {
    }

    private SoftmaxAttention(TokenShape input, AttentionHeads<T> core, long seed, bool norm, bool outputProjection)
        : base(ProjectedHeads.Around(input, core, seed, norm, outputProjection))
    {
        Heads = core;
    }

    /// <summary>The heads, for looking at their probabilities.</summary>
    public AttentionHeads<T> Heads { get; }
}
