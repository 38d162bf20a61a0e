using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <content>Elementary functions. An ulp is the spacing of numbers at the exact result; bounds hold everywhere.</content>
public static partial class Lanes
{
    /// <summary>e to the power of each lane, within 1.1 ulp (float) or 1.5 ulp (double): 0 for −∞, 1 for 0, ∞ above the largest
    /// number; results below the smallest normal number are rounded, not flushed to 0.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> a)
    {
        if (typeof(T) == typeof(float))
        {
            return LaneFunctions.Exp(a.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return LaneFunctions.Exp(a.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>The natural logarithm of each lane, within 1 ulp (float) or 1.5 ulp (double): −∞ for 0, NaN below 0.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log<T>(Vector512<T> a)
    {
        if (typeof(T) == typeof(float))
        {
            return LaneFunctions.Log(a.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return LaneFunctions.Log(a.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>The binary logarithm of each lane, within 1.1 ulp (float) or 1.5 ulp (double), exact for powers of two:
    /// −∞ for 0, NaN below 0.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log2<T>(Vector512<T> a)
    {
        if (typeof(T) == typeof(float))
        {
            return LaneFunctions.Log2(a.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return LaneFunctions.Log2(a.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>The hyperbolic tangent of each lane, within 1.4 ulp (float) or 2 ulp (double); odd to the last bit.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> a)
    {
        if (typeof(T) == typeof(float))
        {
            return LaneFunctions.Tanh(a.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return LaneFunctions.Tanh(a.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>The logistic function 1 / (1 + e⁻ᵃ) of each lane, within 2.5 ulp (float) or 3 ulp (double), small results
    /// included.</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> a)
    {
        Vector512<T> e = Exp(-Vector512.Abs(a));
        Vector512<T> numerator = Vector512.ConditionalSelect(
            Vector512.LessThan(a, Vector512<T>.Zero), e, Vector512<T>.One);
        return numerator / (Vector512<T>.One + e);
    }

    /// <summary>The sine of each lane, in radians: the framework's own, within 0.6 ulp (float).</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sin<T>(Vector512<T> a)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector512.Sin(a.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector512.Sin(a.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>The cosine of each lane, in radians: the framework's own, within 0.6 ulp (float).</summary>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Cos<T>(Vector512<T> a)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector512.Cos(a.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector512.Cos(a.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }
}
