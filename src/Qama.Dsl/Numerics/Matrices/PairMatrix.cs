using System.ComponentModel;
using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Matrices;

/// <summary>What is done to a head's matrix over pairs of tokens, [tokens, stride], after its entries are computed.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PairMatrix
{
    /// <summary>P ← scale·(P + Pᵀ)/2 with zero diagonal, and zero towards absent tokens and in the padding.</summary>
    /// <param name="matrix">P, [tokens, stride].</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="tokenCount">Tokens present, at most N.</param>
    /// <param name="scale">The factor.</param>
    public static void Symmetrise<T>(Span<T> matrix, int tokens, int stride, int tokenCount, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T half = scale * T.CreateTruncating(0.5);
        int whole = tokenCount - (tokenCount % SymmetricMean.Edge);
        SymmetricMean.Average(matrix, whole, stride, half);
        for (int j = whole; j < tokenCount; j++)
        {
            Span<T> row = matrix.Slice(j * stride, j);
            for (int i = 0; i < j; i++)
            {
                ref T mirrored = ref matrix[(i * stride) + j];
                row[i] = mirrored = half * (mirrored + row[i]);
            }
        }

        for (int i = 0; i < tokenCount; i++)
        {
            matrix[(i * stride) + i] = T.Zero;
        }

        ClearAbsent(matrix, tokens, stride, tokenCount);
    }

    /// <summary>Adds a number to the pairs of different present tokens of a line that interact, and clears those that do not.</summary>
    /// <param name="matrix">P, [tokens, stride].</param>
    /// <param name="stride">Row length.</param>
    /// <param name="tokenCount">Tokens present.</param>
    /// <param name="window">Largest |i − j| of pairs that interact; 0 where distance does not matter.</param>
    /// <param name="block">Tokens of a block whose pairs interact; 0 where all do.</param>
    /// <param name="shift">What is added.</param>
    public static void Interact<T>(Span<T> matrix, int stride, int tokenCount, int window, int block, T shift)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < tokenCount && (window > 0 || block > 0 || shift != T.Zero); i++)
        {
            Span<T> row = matrix.Slice(i * stride, tokenCount);
            for (int j = 0; j < row.Length; j++)
            {
                bool interact = (window == 0 || Math.Abs(i - j) <= window) && (block == 0 || i / block == j / block);
                row[j] = i == j ? row[j] : interact ? row[j] + shift : T.Zero;
            }
        }
    }

    /// <summary>Writes (P + Pᵀ)/2 in single precision, with P's diagonal or a zero one; the padding is copied.</summary>
    /// <param name="matrix">P, [tokens, stride].</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="keepsDiagonal">Whether the diagonal is kept.</param>
    /// <param name="result">Receives [tokens, stride].</param>
    public static void SymmetricPart<T>(
        ReadOnlySpan<T> matrix, int tokens, int stride, bool keepsDiagonal, Span<float> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T half = T.CreateTruncating(0.5);
        for (int i = 0; i < tokens; i++)
        {
            ReadOnlySpan<T> row = matrix.Slice(i * stride, stride);
            Span<float> target = result.Slice(i * stride, stride);
            target[i] = keepsDiagonal ? float.CreateTruncating(row[i]) : 0;
            for (int j = i + 1; j < tokens; j++)
            {
                target[j] = result[j * stride + i] = float.CreateTruncating(half * (row[j] + matrix[j * stride + i]));
            }

            for (int j = tokens; j < stride; j++)
            {
                target[j] = float.CreateTruncating(row[j]);
            }
        }
    }

    /// <summary>Zeroes the entries of absent tokens and the padding.</summary>
    /// <param name="matrix">P, [tokens, stride].</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="tokenCount">Tokens present, at most N.</param>
    public static void ClearAbsent<T>(Span<T> matrix, int tokens, int stride, int tokenCount)
        where T : unmanaged
    {
        for (int i = 0; i < tokenCount; i++)
        {
            matrix.Slice(i * stride + tokenCount, stride - tokenCount).Clear();
        }

        matrix[(tokenCount * stride)..(tokens * stride)].Clear();
    }

    /// <summary>Zeroes the entries where a mask is 0. The diagonal stays: a mask speaks of pairs of different tokens.</summary>
    /// <param name="matrix">P, [tokens, stride].</param>
    /// <param name="mask">1 where an entry stays, [tokens, stride].</param>
    /// <param name="stride">Row length, a multiple of 16.</param>
    /// <exception cref="ArgumentException"><paramref name="mask"/> has another length.</exception>
    public static void Mask<T>(Span<T> matrix, ReadOnlySpan<T> mask, int stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (mask.Length != matrix.Length)
        {
            throw new ArgumentException($"Expected a mask of {matrix.Length} numbers, got {mask.Length}.", nameof(mask));
        }

        var action = new MaskAction<T>(matrix, mask, stride);
        VectorPath.Run<T, MaskAction<T>>(ref action);
    }

    private readonly ref struct MaskAction<T>(Span<T> matrix, ReadOnlySpan<T> mask, int stride) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _matrix = matrix;
        private readonly ReadOnlySpan<T> _mask = mask;
        private readonly int _stride = stride;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            for (int i = 0; i * _stride < _matrix.Length; i++)
            {
                Span<T> row = _matrix.Slice(i * _stride, _stride);
                ReadOnlySpan<T> kept = _mask.Slice(i * _stride, _stride);
                T diagonal = row[i];
                for (int t = 0; t < row.Length; t += TVector.Count)
                {
                    TVector isAbsent = TVector.EqualTo(TVector.Load(kept, t), TVector.Zero);
                    TVector.Store(row, t, TVector.Choose(isAbsent, TVector.Zero, TVector.Load(row, t)));
                }

                row[i] = diagonal;
            }
        }
    }
}
