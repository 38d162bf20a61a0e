using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Matrices;

/// <summary>Rows of tokens are padded to whole 64-byte vectors, so that kernels need no tails.</summary>
public static class Padding
{
    /// <summary>Row length that holds <paramref name="tokens"/> numbers: the next multiple of 16, for floats and doubles alike.</summary>
    public static int Stride(int tokens) => (tokens + 15) & ~15;

    /// <summary>The stride of <see cref="Stride"/>, and 16 more where rows at a power of two from each other would compete for the same
    /// sets of a cache: products walk down the columns of such a matrix.</summary>
    public static int SpreadStride(int columns)
    {
        int stride = Stride(columns);
        return stride % 256 == 0 ? stride + 16 : stride;
    }

    /// <summary>Copies rows between memories of different row length and clears the rest of each destination row.</summary>
    public static void Copy<T>(
        ReadOnlySpan<T> source, int sourceStride, Span<T> destination, int destinationStride, int rows, int columns)
    {
        for (int r = 0; r < rows; r++)
        {
            Span<T> row = destination.Slice(r * destinationStride, destinationStride);
            source.Slice(r * sourceStride, columns).CopyTo(row);
            row[columns..].Clear();
        }
    }

    /// <summary>Writes the transpose of [rows, columns] as [columns, rows], and clears the padding of each written row.</summary>
    public static void Transpose<T>(
        ReadOnlySpan<T> source, int sourceStride, Span<T> destination, int destinationStride, int rows, int columns)
        where T : unmanaged
    {
        int wholeRows = 0, wholeColumns = 0;
        if (typeof(T) == typeof(float))
        {
            wholeRows = rows - (rows % TransposedTiles.Edge);
            wholeColumns = columns - (columns % TransposedTiles.Edge);
            TransposedTiles.Write(
                MemoryMarshal.Cast<T, float>(source), sourceStride, MemoryMarshal.Cast<T, float>(destination),
                destinationStride, wholeRows, wholeColumns);
        }

        for (int c = 0; c < columns; c++)
        {
            Span<T> row = destination.Slice(c * destinationStride, destinationStride);
            for (int r = c < wholeColumns ? wholeRows : 0; r < rows; r++)
            {
                row[r] = source[r * sourceStride + c];
            }

            row[rows..].Clear();
        }
    }

    /// <summary>Token-major numbers [tokens, features] as a new feature-major memory [features, stride].</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="source"/> is shorter than tokens·features.</exception>
    public static T[] ToFeatureMajor<T>(ReadOnlySpan<T> source, int tokens, int features)
        where T : unmanaged
    {
        int stride = Stride(tokens);
        var result = new T[features * stride];
        Transpose(source, features, result, stride, tokens, features);
        return result;
    }

    /// <summary>Whether no value is NaN or infinite.</summary>
    public static bool IsFinite(ReadOnlySpan<float> values) => float.IsFinite(LargestSize(values));

    /// <summary>The largest size |x|, 0 of no values; NaN if a value is.</summary>
    internal static float LargestSize(ReadOnlySpan<float> values)
    {
        // The bits of sizes, taken as integers, are ordered as the sizes are, infinity and NaN above all others.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        int whole = bits.Length & ~63; // four maxima at once, because one would wait for itself
        int largest = Lanes.RegisterBits == 512 ? Largest512(bits[..whole]) : Largest256(bits[..whole]);
        foreach (int value in bits[whole..])
        {
            largest = Math.Max(largest, value & int.MaxValue);
        }

        return BitConverter.Int32BitsToSingle(largest);
    }

    private static int Largest512(ReadOnlySpan<int> bits)
    {
        Vector512<int> size = Vector512.Create(int.MaxValue);
        (Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) = (default, default, default, default);
        ref int start = ref MemoryMarshal.GetReference(bits);
        for (nuint k = 0; k < (nuint)bits.Length; k += 64)
        {
            a = Vector512.Max(a, size & Vector512.LoadUnsafe(ref start, k));
            b = Vector512.Max(b, size & Vector512.LoadUnsafe(ref start, k + 16));
            c = Vector512.Max(c, size & Vector512.LoadUnsafe(ref start, k + 32));
            d = Vector512.Max(d, size & Vector512.LoadUnsafe(ref start, k + 48));
        }

        a = Vector512.Max(Vector512.Max(a, b), Vector512.Max(c, d));
        return Largest(Vector256.Max(a.GetLower(), a.GetUpper()));
    }

    private static int Largest256(ReadOnlySpan<int> bits)
    {
        Vector256<int> size = Vector256.Create(int.MaxValue);
        (Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d) = (default, default, default, default);
        ref int start = ref MemoryMarshal.GetReference(bits);
        for (nuint k = 0; k < (nuint)bits.Length; k += 32)
        {
            a = Vector256.Max(a, size & Vector256.LoadUnsafe(ref start, k));
            b = Vector256.Max(b, size & Vector256.LoadUnsafe(ref start, k + 8));
            c = Vector256.Max(c, size & Vector256.LoadUnsafe(ref start, k + 16));
            d = Vector256.Max(d, size & Vector256.LoadUnsafe(ref start, k + 24));
        }

        return Largest(Vector256.Max(Vector256.Max(a, b), Vector256.Max(c, d)));
    }

    private static int Largest(Vector256<int> sizes)
    {
        int largest = 0;
        for (int lane = 0; lane < Vector256<int>.Count; lane++)
        {
            largest = Math.Max(largest, sizes[lane]);
        }

        return largest;
    }
}
