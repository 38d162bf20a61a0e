using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

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

    /// <summary>a where the condition, 1 or 0, is not 0, else b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Select<T>(Vector512<T> condition, Vector512<T> a, Vector512<T> b) =>
        Vector512.ConditionalSelect(Vector512.Equals(condition, Vector512<T>.Zero), b, a);

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

    /// <summary>1 in the lanes below <paramref name="count"/>, 0 in the others; every lane for a large count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> First<T>(int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> index = Vector512<T>.Indices;
        Vector512<T> limit = Vector512.Create(T.CreateTruncating(count));
        return Vector512.ConditionalSelect(Vector512.LessThan(index, limit), Vector512<T>.One, Vector512<T>.Zero);
    }

    /// <summary>The number in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> All<T>(T value)
        where T : unmanaged => Vector512.Create(value);

    /// <summary>The vector at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load<T>(ReadOnlySpan<T> memory, int offset)
        where T : unmanaged => Vector512.Create(memory.Slice(offset, Vector512<T>.Count));

    /// <summary>Writes a vector at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Span<T> memory, int offset, Vector512<T> value)
        where T : unmanaged => value.CopyTo(memory.Slice(offset, Vector512<T>.Count));

    /// <summary>Adds a vector to what stands at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<T>(Span<T> memory, int offset, Vector512<T> value)
        where T : unmanaged
    {
        Span<T> lanes = memory.Slice(offset, Vector512<T>.Count);
        (Vector512.Create<T>(lanes) + value).CopyTo(lanes);
    }

    /// <summary>The lanes below <paramref name="count"/>; 0, whatever stood there, in the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Keep<T>(Vector512<T> value, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        count >= Vector512<T>.Count
            ? value
            : Vector512.ConditionalSelect(
                Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(T.CreateTruncating(count))), value, Vector512<T>.Zero);

    /// <summary>1 in the lanes where a ≥ b, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> AtLeast<T>(Vector512<T> a, Vector512<T> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(a, b), Vector512<T>.One, Vector512<T>.Zero);

    /// <summary>1 in the lanes where a &gt; b, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Greater<T>(Vector512<T> a, Vector512<T> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), Vector512<T>.One, Vector512<T>.Zero);
}
