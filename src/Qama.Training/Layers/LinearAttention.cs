using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>
/// A baseline whose cost grows with the tokens, not with their square: LayerNorm on the input, bias-free projections to
/// queries, keys and values, linear heads (<see cref="LinearAttentionHeads{T}"/>), and optionally an output projection.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <param name="input">Shape of an input sample.</param>
/// <param name="heads">Number of heads.</param>
/// <param name="headDim">Width of a head.</param>
/// <param name="seed">Seed of the initial values.</param>
/// <param name="norm">Whether the input is layer-normalised.</param>
/// <param name="outputProjection">Whether a bias-free projection back to the input's width follows; without it the output is
/// [tokens, heads · headDim].</param>
/// <param name="causal">Whether query i sees the tokens j ≤ i only.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
public sealed class LinearAttention<T>(
    TokenShape input, int heads, int headDim, long seed, bool norm = true, bool outputProjection = false, bool causal = false)
    : Sequential<T>(
        ProjectedHeads.Around(input, new LinearAttentionHeads<T>(input.Tokens, heads, headDim, causal), seed, norm, outputProjection))
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
