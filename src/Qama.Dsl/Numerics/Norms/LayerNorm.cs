using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Norms;

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
        normalized = normalized[..x.Length];
        return VectorPath.Bits switch
        {
            512 => Normalise<T, Register512<T>>(x, normalized),
            256 => Normalise<T, Twin<Register256<T>, T>>(x, normalized),
            128 => Normalise<T, Twin<Twin<Register128<T>, T>, T>>(x, normalized),
            _ => throw VectorPath.Unknown(),
        };
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
        switch (VectorPath.Bits)
        {
            case 512:
                Differentiate<T, Register512<T>>(normalized, inverse, gradient, result);
                break;
            case 256:
                Differentiate<T, Twin<Register256<T>, T>>(normalized, inverse, gradient, result);
                break;
            case 128:
                Differentiate<T, Twin<Twin<Register128<T>, T>, T>>(normalized, inverse, gradient, result);
                break;
            default:
                throw VectorPath.Unknown();
        }
    }

    private static T Normalise<T, TRegister>(ReadOnlySpan<T> x, Span<T> normalized)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRegister : struct, IVector<TRegister, T>
    {
        T n = T.CreateTruncating(x.Length);
        Rows<TRegister, T>.ShiftAndScale(x, Rows<TRegister, T>.Sum(x) / n, T.One, normalized);
        T inverse = T.One / T.Sqrt((Rows<TRegister, T>.Dot(normalized, normalized) / n) + T.CreateTruncating(Epsilon));
        Rows<TRegister, T>.ShiftAndScale(normalized, T.Zero, inverse, normalized);
        return inverse;
    }

    private static void Differentiate<T, TRegister>(ReadOnlySpan<T> normalized, T inverse, ReadOnlySpan<T> gradient, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRegister : struct, IVector<TRegister, T>
    {
        T n = T.CreateTruncating(gradient.Length);
        T mean = Rows<TRegister, T>.Sum(gradient) / n;
        T slope = Rows<TRegister, T>.Dot(normalized, gradient) / n;
        Rows<TRegister, T>.Project(gradient, mean, normalized, slope, inverse, result);
    }
}
