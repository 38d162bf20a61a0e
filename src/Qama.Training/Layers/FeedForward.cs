using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>LayerNorm, linear, GELU, linear: the feed-forward part of a transformer block, for use in a
/// <see cref="Residual{T}"/>.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <param name="shape">Shape of a sample, in and out.</param>
/// <param name="hidden">Width between the two linear layers.</param>
/// <param name="seed">Seed of the initial values.</param>
/// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
public sealed class FeedForward<T>(TokenShape shape, int hidden, long seed) : Sequential<T>(
    ("Norm", new LayerNormalization<T>(shape)),
    ("Expand", new Linear<T>(shape, hidden, seed)),
    ("Activation", new Gelu<T>(shape with { Width = hidden })),
    ("Contract", new Linear<T>(shape with { Width = hidden }, shape.Width, seed + 1)))
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
