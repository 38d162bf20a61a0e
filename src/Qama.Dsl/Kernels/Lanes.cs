using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>
/// Operations on 512-bit vectors that the framework offers per type only. A <see cref="Vector512{T}"/> is one register
/// where the processor has AVX-512 and two or four narrower ones elsewhere; every lane sees the same operations in the
/// same order, so results do not depend on the processor.
/// </summary>
public static class Lanes
{
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

    /// <summary>The sum of all lanes in a fixed order: halves are added until one number is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector512<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector256<T> v256 = v.GetLower() + v.GetUpper();
        Vector128<T> v128 = v256.GetLower() + v256.GetUpper();
        if (typeof(T) == typeof(double))
        {
            return v128.GetElement(0) + v128.GetElement(1);
        }

        return (v128.GetElement(0) + v128.GetElement(2)) + (v128.GetElement(1) + v128.GetElement(3));
    }

    /// <summary>1 in the lanes below <paramref name="count"/>, 0 in the others; every lane for a large count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> First<T>(int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> index = Vector512<T>.Indices;
        Vector512<T> limit = Vector512.Create(T.CreateTruncating(count));
        return Vector512.ConditionalSelect(Vector512.LessThan(index, limit), Vector512<T>.One, Vector512<T>.Zero);
    }
}
