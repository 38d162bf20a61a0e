using System.Numerics;
using System.Runtime.InteropServices;
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
    public static T Forward<T>(ReadOnlySpan<T> x, Span<T> normalized)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T n = T.CreateTruncating(x.Length);
        T mean = Sum(x) / n;
        for (int i = 0; i < x.Length; i++)
        {
            normalized[i] = x[i] - mean;
        }

        normalized[x.Length..].Clear();
        Span<T> centred = normalized[..x.Length];
        T inverse = T.One / T.Sqrt(Lanes.Dot<T>(centred, centred) / n + T.CreateTruncating(Epsilon));
        foreach (ref T value in centred)
        {
            value *= inverse;
        }

        return inverse;
    }

    /// <summary>∂L/∂x = (g − mean(g) − x̂ mean(g x̂)) / sqrt(variance + ε) for g = ∂L/∂x̂.</summary>
    /// <param name="normalized">x̂.</param>
    /// <param name="inverse">What <see cref="Forward"/> returned.</param>
    /// <param name="gradient">∂L/∂x̂.</param>
    /// <param name="result">Receives ∂L/∂x.</param>
    public static void Backward<T>(ReadOnlySpan<T> normalized, T inverse, ReadOnlySpan<T> gradient, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T n = T.CreateTruncating(gradient.Length);
        T mean = Sum(gradient) / n;
        T projection = Lanes.Dot(normalized[..gradient.Length], gradient) / n;
        for (int i = 0; i < gradient.Length; i++)
        {
            result[i] = inverse * (gradient[i] - mean - normalized[i] * projection);
        }
    }

    private static T Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> sum = default;
        ReadOnlySpan<Vector512<T>> blocks = MemoryMarshal.Cast<T, Vector512<T>>(x);
        foreach (Vector512<T> block in blocks)
        {
            sum += block;
        }

        T total = Lanes.Sum(sum);
        foreach (T value in x[(blocks.Length * Vector512<T>.Count)..])
        {
            total += value;
        }

        return total;
    }
}
