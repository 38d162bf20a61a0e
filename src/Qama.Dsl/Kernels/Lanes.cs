using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>
/// Operations on 512-bit vectors that the framework offers per type only. A <see cref="Vector512{T}"/> is one register
/// where the processor has AVX-512 and two or four narrower ones elsewhere; every lane sees the same operations in the
/// same order, so results do not depend on the processor.
/// </summary>
public static partial class Lanes
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

    /// <summary>a where the condition, 1 or 0, is not 0, else b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Select<T>(Vector512<T> condition, Vector512<T> a, Vector512<T> b) =>
        Vector512.ConditionalSelect(Vector512.Equals(condition, Vector512<T>.Zero), b, a);

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

    /// <summary>The largest lane; NaN if any is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector512<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector256<T> v256 = Vector256.Max(v.GetLower(), v.GetUpper());
        Vector128<T> v128 = Vector128.Max(v256.GetLower(), v256.GetUpper());
        T largest = T.Max(v128[0], v128[1]);
        return typeof(T) == typeof(double) ? largest : T.Max(largest, T.Max(v128[2], v128[3]));
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

    /// <summary>Σ x y in a fixed order.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> sum = default;
        ReadOnlySpan<Vector512<T>> bx = MemoryMarshal.Cast<T, Vector512<T>>(x);
        ReadOnlySpan<Vector512<T>> by = MemoryMarshal.Cast<T, Vector512<T>>(y[..x.Length]);
        for (int i = 0; i < bx.Length; i++)
        {
            sum = FusedMultiplyAdd(bx[i], by[i], sum);
        }

        T total = Sum(sum);
        for (int i = bx.Length * Vector512<T>.Count; i < x.Length; i++)
        {
            total = T.FusedMultiplyAdd(x[i], y[i], total);
        }

        return total;
    }

    /// <summary>y ← y + a·x, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    public static void AddScaled<T>(T a, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> factor = Vector512.Create(a);
        ReadOnlySpan<Vector512<T>> bx = MemoryMarshal.Cast<T, Vector512<T>>(x);
        Span<Vector512<T>> by = MemoryMarshal.Cast<T, Vector512<T>>(y[..x.Length]);
        for (int i = 0; i < bx.Length; i++)
        {
            by[i] = FusedMultiplyAdd(factor, bx[i], by[i]);
        }

        for (int i = bx.Length * Vector512<T>.Count; i < x.Length; i++)
        {
            y[i] = T.FusedMultiplyAdd(a, x[i], y[i]);
        }
    }
}
