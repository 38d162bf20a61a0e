using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <content>Elementary functions. An ulp is the spacing of numbers at the exact result; bounds hold everywhere.</content>
public static partial class Lanes
{
    /// <summary>e to the power of each lane, within 1.1 ulp (float) or 1.5 ulp (double): 0 for −∞, 1 for 0, ∞ above the largest
    /// number; results below the smallest normal number are rounded, not flushed to 0.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        VectorOperations<Register512<T>, T>.Exp(new(a)).Value;

    /// <summary>The natural logarithm of each lane, within 1 ulp (float) or 1.5 ulp (double): −∞ for 0, NaN below 0.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        VectorOperations<Register512<T>, T>.Log(new(a)).Value;

    /// <summary>The binary logarithm of each lane, within 1.1 ulp (float) or 1.5 ulp (double), exact for powers of two:
    /// −∞ for 0, NaN below 0.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log2<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        VectorOperations<Register512<T>, T>.Log2(new(a)).Value;

    /// <summary>The hyperbolic tangent of each lane, within 1.4 ulp (float) or 2 ulp (double); odd to the last bit.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        VectorOperations<Register512<T>, T>.Tanh(new(a)).Value;

    /// <summary>The logistic function 1 / (1 + e⁻ᵃ) of each lane, within 2.5 ulp (float) or 3 ulp (double), small results
    /// included.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> e = Exp(-Vector512.Abs(a));
        Vector512<T> numerator = Vector512.ConditionalSelect(
            Vector512.LessThan(a, Vector512<T>.Zero), e, Vector512<T>.One);
        return numerator / (Vector512<T>.One + e);
    }

    /// <summary>The sine of each lane, in radians, within 1.6 ulp (float) or 1.5 ulp (double); NaN for ±∞. From 2²⁰ on it is the
    /// framework's scalar function, whose last bits depend on the platform.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sin<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        VectorOperations<Register512<T>, T>.Sin(new(a)).Value;

    /// <summary>The cosine of each lane, in radians, within 1.6 ulp (float) or 1.5 ulp (double); NaN for ±∞. From 2²⁰ on it is the
    /// framework's scalar function, whose last bits depend on the platform.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Cos<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        VectorOperations<Register512<T>, T>.Cos(new(a)).Value;
}
