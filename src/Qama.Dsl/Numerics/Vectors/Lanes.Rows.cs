using System.Numerics;

namespace Qama.Numerics.Vectors;

/// <content>Loops over whole rows: 16 floats or 8 doubles at a time, then what is left.</content>
public static partial class Lanes
{
    /// <summary>Σ x in a fixed order.</summary>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static T Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorPath.Bits switch
        {
            512 => Rows<Register512<T>, T>.Sum(x),
            256 => Rows<Twin<Register256<T>, T>, T>.Sum(x),
            128 => Rows<Twin<Twin<Register128<T>, T>, T>, T>.Sum(x),
            _ => throw VectorPath.Unknown(),
        };

    /// <summary>Σ x y in a fixed order.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorPath.Bits switch
        {
            512 => Rows<Register512<T>, T>.Dot(x, y[..x.Length]),
            256 => Rows<Twin<Register256<T>, T>, T>.Dot(x, y[..x.Length]),
            128 => Rows<Twin<Twin<Register128<T>, T>, T>, T>.Dot(x, y[..x.Length]),
            _ => throw VectorPath.Unknown(),
        };

    /// <summary>y ← y + a·x, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void AddScaled<T>(T a, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (VectorPath.Bits)
        {
            case 512:
                Rows<Register512<T>, T>.AddScaled(a, x, y[..x.Length]);
                break;
            case 256:
                Rows<Twin<Register256<T>, T>, T>.AddScaled(a, x, y[..x.Length]);
                break;
            case 128:
                Rows<Twin<Twin<Register128<T>, T>, T>, T>.AddScaled(a, x, y[..x.Length]);
                break;
            default:
                throw VectorPath.Unknown();
        }
    }

    /// <summary>result ← a·x, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="result"/> is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void Scale<T>(T a, ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (VectorPath.Bits)
        {
            case 512:
                Rows<Register512<T>, T>.Scale(a, x, result[..x.Length]);
                break;
            case 256:
                Rows<Twin<Register256<T>, T>, T>.Scale(a, x, result[..x.Length]);
                break;
            case 128:
                Rows<Twin<Twin<Register128<T>, T>, T>, T>.Scale(a, x, result[..x.Length]);
                break;
            default:
                throw VectorPath.Unknown();
        }
    }

    /// <summary>result ← a·x, element by element; returns the largest size |a·x|.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="result"/> is shorter than
    /// <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    internal static T ScaleAndMeasure<T>(T a, ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => VectorPath.Bits switch
        {
            512 => Rows<Register512<T>, T>.ScaleAndMeasure(a, x, result[..x.Length]),
            256 => Rows<Twin<Register256<T>, T>, T>.ScaleAndMeasure(a, x, result[..x.Length]),
            128 => Rows<Twin<Twin<Register128<T>, T>, T>, T>.ScaleAndMeasure(a, x, result[..x.Length]),
            _ => throw VectorPath.Unknown(),
        };

    /// <summary>result ← x·y, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void Multiply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (VectorPath.Bits)
        {
            case 512:
                Rows<Register512<T>, T>.Multiply(x, y[..x.Length], result[..x.Length]);
                break;
            case 256:
                Rows<Twin<Register256<T>, T>, T>.Multiply(x, y[..x.Length], result[..x.Length]);
                break;
            case 128:
                Rows<Twin<Twin<Register128<T>, T>, T>, T>.Multiply(x, y[..x.Length], result[..x.Length]);
                break;
            default:
                throw VectorPath.Unknown();
        }
    }

    /// <summary>result ← x·y + z, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void MultiplyAdd<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (VectorPath.Bits)
        {
            case 512:
                Rows<Register512<T>, T>.MultiplyAdd(x, y[..x.Length], z[..x.Length], result[..x.Length]);
                break;
            case 256:
                Rows<Twin<Register256<T>, T>, T>.MultiplyAdd(x, y[..x.Length], z[..x.Length], result[..x.Length]);
                break;
            case 128:
                Rows<Twin<Twin<Register128<T>, T>, T>, T>.MultiplyAdd(x, y[..x.Length], z[..x.Length], result[..x.Length]);
                break;
            default:
                throw VectorPath.Unknown();
        }
    }

    /// <summary>result ← (x − shift)·y, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void ShiftAndMultiply<T>(ReadOnlySpan<T> x, T shift, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (VectorPath.Bits)
        {
            case 512:
                Rows<Register512<T>, T>.ShiftAndMultiply(x, shift, y[..x.Length], result[..x.Length]);
                break;
            case 256:
                Rows<Twin<Register256<T>, T>, T>.ShiftAndMultiply(x, shift, y[..x.Length], result[..x.Length]);
                break;
            case 128:
                Rows<Twin<Twin<Register128<T>, T>, T>, T>.ShiftAndMultiply(x, shift, y[..x.Length], result[..x.Length]);
                break;
            default:
                throw VectorPath.Unknown();
        }
    }
}
