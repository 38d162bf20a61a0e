using System.Numerics;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <content>Loops over whole rows: 16 floats or 8 doubles at a time, then what is left.</content>
public static partial class Lanes
{
    /// <summary>Σ x in a fixed order.</summary>
    public static T Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector512.IsHardwareAccelerated ? Rows<T, Register512<T>>.Sum(x) : Rows<T, RegisterPair<T>>.Sum(x);

    /// <summary>Σ x y in a fixed order.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Vector512.IsHardwareAccelerated
            ? Rows<T, Register512<T>>.Dot(x, y[..x.Length])
            : Rows<T, RegisterPair<T>>.Dot(x, y[..x.Length]);

    /// <summary>y ← y + a·x, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    public static void AddScaled<T>(T a, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Rows<T, Register512<T>>.AddScaled(a, x, y[..x.Length]);
        }
        else
        {
            Rows<T, RegisterPair<T>>.AddScaled(a, x, y[..x.Length]);
        }
    }

    /// <summary>result ← x·y + z, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    public static void MultiplyAdd<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Rows<T, Register512<T>>.MultiplyAdd(x, y[..x.Length], z[..x.Length], result[..x.Length]);
        }
        else
        {
            Rows<T, RegisterPair<T>>.MultiplyAdd(x, y[..x.Length], z[..x.Length], result[..x.Length]);
        }
    }

    /// <summary>result ← x·y, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    public static void Multiply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Rows<T, Register512<T>>.Multiply(x, y[..x.Length], result[..x.Length]);
        }
        else
        {
            Rows<T, RegisterPair<T>>.Multiply(x, y[..x.Length], result[..x.Length]);
        }
    }
}
