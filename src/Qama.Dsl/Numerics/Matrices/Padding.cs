using System.Runtime.InteropServices;
using Qama.Contract;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Matrices;

/// <summary>Rows of tokens are padded to whole 64-byte vectors, so that kernels need no tails.</summary>
public static class Padding
{
    /// <summary>Row length that holds <paramref name="tokens"/> numbers: the next multiple of 16, for floats and doubles alike.</summary>
    public static int Stride(int tokens) => RowLayout.Stride(tokens);

    /// <summary>The stride of <see cref="Stride"/>, and 16 more where rows at a power of two from each other would compete for the same
    /// sets of a cache: products walk down the columns of such a matrix.</summary>
    public static int SpreadStride(int columns)
    {
        int stride = Stride(columns);
        return stride % 256 == 0 ? stride + RowLayout.Width : stride;
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
            wholeRows = rows - (rows % BlockedTransposition.Edge);
            wholeColumns = columns - (columns % BlockedTransposition.Edge);
            BlockedTransposition.Write(
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
        var action = new SizeAction(values);
        VectorPath.Run<float, SizeAction>(ref action);
        return action.Largest;
    }

    private ref struct SizeAction(ReadOnlySpan<float> values) : IVectorAction<float>
    {
        private readonly ReadOnlySpan<float> _values = values;

        public float Largest { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float> => Largest = RowLoops<TVector, float>.LargestSize(_values);
    }
}
