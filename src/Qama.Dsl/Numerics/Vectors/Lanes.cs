using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>
/// Operations on 512-bit vectors that the framework offers per type only, and loops over rows. Every lane sees the same operations
/// in the same order on every processor, so results do not depend on it. Without AVX-512 the framework imitates
/// <see cref="Vector512{T}"/> slowly: what must be fast there is written over <see cref="IVector{TSelf, T}"/>.
/// </summary>
public static partial class Lanes
{
    /// <summary>Bits of the registers that kernels use: 512, 256 or 128.</summary>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static int RegisterBits => VectorPath.Bits != 0 ? VectorPath.Bits : throw VectorPath.Unknown();

    /// <summary>a·b + c, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> FusedMultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>a·b + c, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> FusedMultiplyAdd<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>a·b + c, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<T> FusedMultiplyAdd<T>(Vector128<T> a, Vector128<T> b, Vector128<T> c)
    {
        if (typeof(T) == typeof(float))
        {
            return Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    /// <summary>The sum of all lanes in a fixed order: halves are added until one number is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector512<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The sum of all lanes: halves are added until one number is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Sum<T>(Vector256<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The sum of all lanes: halves are added until one number is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Sum<T>(Vector128<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(double)
            ? v.GetElement(0) + v.GetElement(1)
            : (v.GetElement(0) + v.GetElement(2)) + (v.GetElement(1) + v.GetElement(3));

    /// <summary>The largest lane; NaN if any is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector512<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Max(Vector256.Max(v.GetLower(), v.GetUpper()));

    /// <summary>The largest lane; NaN if any is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Max<T>(Vector256<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Max(Vector128.Max(v.GetLower(), v.GetUpper()));

    /// <summary>The largest lane; NaN if any is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Max<T>(Vector128<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T largest = T.Max(v[0], v[1]);
        return typeof(T) == typeof(double) ? largest : T.Max(largest, T.Max(v[2], v[3]));
    }
}
