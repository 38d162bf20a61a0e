using System.ComponentModel;
using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Norms;

/// <summary>Layer normalisation of one row (Ba, Kiros, Hinton, arXiv 1607.06450), biased variance, without the affine part.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LayerNorm
{
    /// <summary>Added to the variance, as in PyTorch.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>x̂ = (x − mean) / sqrt(variance + ε); returns 1 / sqrt(variance + ε).</summary>
    /// <param name="x">The row.</param>
    /// <param name="normalized">Receives x̂; may be longer: the rest is cleared.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normalized"/> is shorter than the row.</exception>
    public static T Forward<T>(ReadOnlySpan<T> x, Span<T> normalized)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        normalized[x.Length..].Clear();
        normalized = normalized[..x.Length];
        var action = new ForwardAction<T>(x, normalized);
        VectorPath.Run<T, ForwardAction<T>>(ref action);
        return action.Inverse;
    }

    /// <summary>∂L/∂x = (g − mean(g) − x̂ mean(g x̂)) / sqrt(variance + ε) for g = ∂L/∂x̂.</summary>
    /// <param name="normalized">x̂; may be longer.</param>
    /// <param name="inverse">What <see cref="Forward"/> returned.</param>
    /// <param name="gradient">∂L/∂x̂.</param>
    /// <param name="result">Receives ∂L/∂x; may be longer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than the gradient.</exception>
    public static void Backward<T>(ReadOnlySpan<T> normalized, T inverse, ReadOnlySpan<T> gradient, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        normalized = normalized[..gradient.Length];
        result = result[..gradient.Length];
        var action = new BackwardAction<T>(normalized, inverse, gradient, result);
        VectorPath.Run<T, BackwardAction<T>>(ref action);
    }

    private ref struct ForwardAction<T>(ReadOnlySpan<T> x, Span<T> normalized) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _normalized = normalized;

        public T Inverse { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            T n = T.CreateTruncating(_x.Length);
            RowLoops<TVector, T>.ShiftAndScale(_x, RowLoops<TVector, T>.Sum(_x) / n, T.One, _normalized);
            T variance = RowLoops<TVector, T>.Dot(_normalized, _normalized) / n;
            Inverse = T.One / T.Sqrt(variance + T.CreateTruncating(Epsilon));
            RowLoops<TVector, T>.ShiftAndScale(_normalized, T.Zero, Inverse, _normalized);
        }
    }

    private readonly ref struct BackwardAction<T>(ReadOnlySpan<T> normalized, T inverse, ReadOnlySpan<T> gradient, Span<T> result)
        : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _normalized = normalized;
        private readonly T _inverse = inverse;
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly Span<T> _result = result;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            T n = T.CreateTruncating(_gradient.Length);
            T mean = RowLoops<TVector, T>.Sum(_gradient) / n;
            T slope = RowLoops<TVector, T>.Dot(_normalized, _gradient) / n;
            RowLoops<TVector, T>.Project(_gradient, mean, _normalized, slope, _inverse, _result);
        }
    }
}
