using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>What stands around the heads of an attention layer that is compared with a declared one.</summary>
internal static class ProjectedHeads
{
    /// <summary>LayerNorm if wanted, bias-free projections to queries, keys and values, the heads, an output projection if
    /// wanted.</summary>
    /// <param name="input">Shape of an input sample.</param>
    /// <param name="heads">From [tokens, 3 · heads · dim] to [tokens, heads · dim].</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="norm">Whether the input is layer-normalised.</param>
    /// <param name="outputProjection">Whether a bias-free projection back to the input's width follows.</param>
    public static (string Name, Module<T> Module)[] Around<T>(
        TokenShape input, Module<T> heads, long seed, bool norm, bool outputProjection)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parts = new List<(string, Module<T>)>();
        if (norm)
        {
            parts.Add(("Norm", new LayerNormalization<T>(input)));
        }

        parts.Add(("Projection", new Linear<T>(input, heads.InputShape.Width, seed, bias: false)));
        parts.Add(("Heads", heads));
        if (outputProjection)
        {
            parts.Add(("Output", new Linear<T>(heads.OutputShape, input.Width, seed + 1, bias: false)));
        }

        return [.. parts];
    }
}
