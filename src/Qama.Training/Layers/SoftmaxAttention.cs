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
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public SoftmaxAttention(
        TokenShape input, int heads, int headDim, long seed, bool norm = true, bool outputProjection = false)
        : base(Parts(input, heads, headDim, seed, norm, outputProjection, out AttentionHeads<T> core))
    {
        Heads = core;
    }

    /// <summary>The heads, for looking at their probabilities.</summary>
    public AttentionHeads<T> Heads { get; }

    private static (string Name, Module<T> Module)[] Parts(
        TokenShape input, int heads, int headDim, long seed, bool norm, bool outputProjection, out AttentionHeads<T> core)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(headDim, 1);
        var parts = new List<(string, Module<T>)>();
        if (norm)
        {
            parts.Add(("Norm", new LayerNormalization<T>(input)));
        }

        core = new AttentionHeads<T>(input.Tokens, heads, headDim);
        parts.Add(("Projection", new Linear<T>(input, core.InputShape.Width, seed, bias: false)));
        parts.Add(("Heads", core));
        if (outputProjection)
        {
            parts.Add(("Output", new Linear<T>(core.OutputShape, input.Width, seed + 1, bias: false)));
        }

        return [.. parts];
    }
}
