using System.Numerics;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>Layer normalisation of one row (Ba, Kiros, Hinton, arXiv 1607.06450), biased variance, without the affine part.</summary>
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
        return Vector512.IsHardwareAccelerated
            ? Normalise<T, Register512<T>>(x, normalized[..x.Length])
            : Normalise<T, RegisterPair<T>>(x, normalized[..x.Length]);
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
        int length = gradient.Length;
        if (Vector512.IsHardwareAccelerated)
        {
            Differentiate<T, Register512<T>>(normalized[..length], inverse, gradient, result[..length]);
        }
        else
        {
            Differentiate<T, RegisterPair<T>>(normalized[..length], inverse, gradient, result[..length]);
        }
    }

    private static T Normalise<T, TRegister>(ReadOnlySpan<T> x, Span<T> normalized)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRegister : struct, IRegister<TRegister, T>
    {
        T n = T.CreateTruncating(x.Length);
        Rows<T, TRegister>.ShiftAndScale(x, Rows<T, TRegister>.Sum(x) / n, T.One, normalized);
        T inverse = T.One / T.Sqrt((Rows<T, TRegister>.Dot(normalized, normalized) / n) + T.CreateTruncating(Epsilon));
        Rows<T, TRegister>.ShiftAndScale(normalized, T.Zero, inverse, normalized);
        return inverse;
    }

    private static void Differentiate<T, TRegister>(ReadOnlySpan<T> normalized, T inverse, ReadOnlySpan<T> gradient, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRegister : struct, IRegister<TRegister, T>
    {
        T n = T.CreateTruncating(gradient.Length);
        T mean = Rows<T, TRegister>.Sum(gradient) / n;
        T slope = Rows<T, TRegister>.Dot(normalized, gradient) / n;
        Rows<T, TRegister>.Project(gradient, mean, normalized, slope, inverse, result);
    }
}
