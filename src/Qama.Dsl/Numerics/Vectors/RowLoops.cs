using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qama.Numerics.Vectors;

/// <summary>Loops over rows of one length, in registers of 512 bits or several that stand for one; lengths have been
/// checked.</summary>
internal static class RowLoops<TRegister, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRegister : struct, IVector<TRegister, T>
{
    public static T Sum(ReadOnlySpan<T> x)
    {
        TRegister sum = default;
        ref T x0 = ref MemoryMarshal.GetReference(x);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            sum += TRegister.Load(ref x0, i);
        }

        T total = TRegister.Sum(sum);
        for (; i < x.Length; i++)
        {
            total += x[i];
        }

        return total;
    }

    public static T Dot(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
    {
        TRegister sum = default;
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            sum = TRegister.FusedMultiplyAdd(TRegister.Load(ref x0, i), TRegister.Load(ref y0, i), sum);
        }

        T total = TRegister.Sum(sum);
        for (; i < x.Length; i++)
        {
            total = T.FusedMultiplyAdd(x[i], y[i], total);
        }

        return total;
    }

    public static void AddScaled(T a, ReadOnlySpan<T> x, Span<T> y)
    {
        TRegister factor = TRegister.All(a);
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            TRegister.Store(
                ref y0, i, TRegister.FusedMultiplyAdd(factor, TRegister.Load(ref x0, i), TRegister.Load(ref y0, i)));
        }

        for (; i < x.Length; i++)
        {
            y[i] = T.FusedMultiplyAdd(a, x[i], y[i]);
        }
    }

    public static void MultiplyAdd(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result)
    {
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        ref T z0 = ref MemoryMarshal.GetReference(z);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            TRegister product = TRegister.FusedMultiplyAdd(
                TRegister.Load(ref x0, i), TRegister.Load(ref y0, i), TRegister.Load(ref z0, i));
            TRegister.Store(ref r0, i, product);
        }

        for (; i < x.Length; i++)
        {
            result[i] = T.FusedMultiplyAdd(x[i], y[i], z[i]);
        }
    }

    public static void Multiply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
    {
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            TRegister.Store(ref r0, i, TRegister.Load(ref x0, i) * TRegister.Load(ref y0, i));
        }

        for (; i < x.Length; i++)
        {
            result[i] = x[i] * y[i];
        }
    }

    /// <summary>result ← factor · (x − shift).</summary>
    public static void ShiftAndScale(ReadOnlySpan<T> x, T shift, T factor, Span<T> result)
    {
        (TRegister s, TRegister f) = (TRegister.All(shift), TRegister.All(factor));
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            TRegister.Store(ref r0, i, f * (TRegister.Load(ref x0, i) - s));
        }

        for (; i < x.Length; i++)
        {
            result[i] = factor * (x[i] - shift);
        }
    }

    /// <summary>result ← (x − shift) · y.</summary>
    public static void ShiftAndMultiply(ReadOnlySpan<T> x, T shift, ReadOnlySpan<T> y, Span<T> result)
    {
        TRegister s = TRegister.All(shift);
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            TRegister.Store(ref r0, i, (TRegister.Load(ref x0, i) - s) * TRegister.Load(ref y0, i));
        }

        for (; i < x.Length; i++)
        {
            result[i] = (x[i] - shift) * y[i];
        }
    }

    /// <summary>result ← factor · (x − shift − y·slope).</summary>
    public static void Project(ReadOnlySpan<T> x, T shift, ReadOnlySpan<T> y, T slope, T factor, Span<T> result)
    {
        (TRegister s, TRegister p, TRegister f) = (TRegister.All(shift), TRegister.All(slope), TRegister.All(factor));
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            TRegister.Store(ref r0, i, f * ((TRegister.Load(ref x0, i) - s) - (TRegister.Load(ref y0, i) * p)));
        }

        for (; i < x.Length; i++)
        {
            result[i] = factor * ((x[i] - shift) - (y[i] * slope));
        }
    }

    /// <summary>result ← a·x.</summary>
    public static void Scale(T a, ReadOnlySpan<T> x, Span<T> result) => ShiftAndScale(x, T.Zero, a, result);

    /// <summary>result ← a·x; returns the largest size of the result, of numbers that are not NaN.</summary>
    public static T ScaleAndMeasure(T a, ReadOnlySpan<T> x, Span<T> result)
    {
        // Four maxima, because one would wait for itself.
        TRegister factor = TRegister.All(a);
        (TRegister p, TRegister q, TRegister r, TRegister s) = (TRegister.Zero, TRegister.Zero, TRegister.Zero, TRegister.Zero);
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int width = TRegister.Count;
        int i = 0;
        for (; i + (4 * width) <= x.Length; i += 4 * width)
        {
            TRegister y = factor * TRegister.Load(ref x0, i);
            TRegister.Store(ref r0, i, y);
            p = Larger(p, y);
            y = factor * TRegister.Load(ref x0, i + width);
            TRegister.Store(ref r0, i + width, y);
            q = Larger(q, y);
            y = factor * TRegister.Load(ref x0, i + (2 * width));
            TRegister.Store(ref r0, i + (2 * width), y);
            r = Larger(r, y);
            y = factor * TRegister.Load(ref x0, i + (3 * width));
            TRegister.Store(ref r0, i + (3 * width), y);
            s = Larger(s, y);
        }

        T most = TRegister.Largest(Larger(Larger(p, q), Larger(r, s)));
        for (; i < x.Length; i++)
        {
            result[i] = a * x[i];
            most = T.Max(most, T.Abs(result[i]));
        }

        return most;
    }

    /// <summary>The largest size |x|, 0 of no numbers; NaN if a number is.</summary>
    public static T LargestSize(ReadOnlySpan<T> x)
    {
        // The bits of sizes, taken as integers, are ordered as the sizes are, infinity and NaN above all others.
        (TRegister p, TRegister q, TRegister r, TRegister s) = (TRegister.Zero, TRegister.Zero, TRegister.Zero, TRegister.Zero);
        ref T x0 = ref MemoryMarshal.GetReference(x);
        int width = TRegister.Count;
        int i = 0;
        for (; i + (4 * width) <= x.Length; i += 4 * width)
        {
            p = TRegister.MaxIntegers(p, TRegister.Abs(TRegister.Load(ref x0, i)));
            q = TRegister.MaxIntegers(q, TRegister.Abs(TRegister.Load(ref x0, i + width)));
            r = TRegister.MaxIntegers(r, TRegister.Abs(TRegister.Load(ref x0, i + (2 * width))));
            s = TRegister.MaxIntegers(s, TRegister.Abs(TRegister.Load(ref x0, i + (3 * width))));
        }

        T largest = TRegister.Largest(TRegister.MaxIntegers(TRegister.MaxIntegers(p, q), TRegister.MaxIntegers(r, s)));
        for (; i < x.Length; i++)
        {
            largest = T.Max(largest, T.Abs(x[i]));
        }

        return largest;
    }

    // A size and the size of another number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister Larger(TRegister size, TRegister other)
    {
        other = TRegister.Abs(other);
        return TRegister.Choose(TRegister.LessThan(size, other), other, size);
    }
}
