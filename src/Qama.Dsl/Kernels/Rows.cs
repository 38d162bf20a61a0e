using System.Numerics;
using System.Runtime.InteropServices;

namespace Qama.Kernels;

/// <summary>Loops over rows of one length, in registers of 512 bits or pairs that stand for one; lengths have been
/// checked.</summary>
internal static class Rows<T, TRegister>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRegister : struct, IRegister<TRegister, T>
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

        T total = sum.Sum();
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

        T total = sum.Sum();
        for (; i < x.Length; i++)
        {
            total = T.FusedMultiplyAdd(x[i], y[i], total);
        }

        return total;
    }

    public static void AddScaled(T a, ReadOnlySpan<T> x, Span<T> y)
    {
        TRegister factor = TRegister.Create(a);
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            TRegister.FusedMultiplyAdd(factor, TRegister.Load(ref x0, i), TRegister.Load(ref y0, i)).Store(ref y0, i);
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
            TRegister.FusedMultiplyAdd(TRegister.Load(ref x0, i), TRegister.Load(ref y0, i), TRegister.Load(ref z0, i))
                .Store(ref r0, i);
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
            (TRegister.Load(ref x0, i) * TRegister.Load(ref y0, i)).Store(ref r0, i);
        }

        for (; i < x.Length; i++)
        {
            result[i] = x[i] * y[i];
        }
    }

    /// <summary>result ← factor · (x − shift).</summary>
    public static void ShiftAndScale(ReadOnlySpan<T> x, T shift, T factor, Span<T> result)
    {
        (TRegister s, TRegister f) = (TRegister.Create(shift), TRegister.Create(factor));
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            (f * (TRegister.Load(ref x0, i) - s)).Store(ref r0, i);
        }

        for (; i < x.Length; i++)
        {
            result[i] = factor * (x[i] - shift);
        }
    }

    /// <summary>result ← factor · (x − shift − y·slope).</summary>
    public static void Project(ReadOnlySpan<T> x, T shift, ReadOnlySpan<T> y, T slope, T factor, Span<T> result)
    {
        (TRegister s, TRegister p, TRegister f) = (TRegister.Create(shift), TRegister.Create(slope), TRegister.Create(factor));
        ref T x0 = ref MemoryMarshal.GetReference(x);
        ref T y0 = ref MemoryMarshal.GetReference(y);
        ref T r0 = ref MemoryMarshal.GetReference(result);
        int i = 0;
        for (; i + TRegister.Count <= x.Length; i += TRegister.Count)
        {
            (f * ((TRegister.Load(ref x0, i) - s) - (TRegister.Load(ref y0, i) * p))).Store(ref r0, i);
        }

        for (; i < x.Length; i++)
        {
            result[i] = factor * ((x[i] - shift) - (y[i] * slope));
        }
    }
}
