using System.Numerics;

namespace Qama.Kernels;

/// <summary>What is done to a head's matrix over pairs of tokens, [tokens, stride], after its entries are computed.</summary>
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
        for (int i = 0; i < tokenCount; i++)
        {
            Span<T> row = matrix.Slice(i * stride, stride);
            row[i] = T.Zero;
            for (int j = i + 1; j < tokenCount; j++)
            {
                ref T mirrored = ref matrix[j * stride + i];
                row[j] = mirrored = half * (row[j] + mirrored);
            }
        }

        ClearAbsent(matrix, tokens, stride, tokenCount);
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

    /// <summary>Zeroes the entries where a mask is 0.</summary>
    /// <param name="matrix">P, [tokens, stride].</param>
    /// <param name="mask">1 where an entry stays, [tokens, stride].</param>
    /// <exception cref="ArgumentException"><paramref name="mask"/> has another length.</exception>
    public static void Mask<T>(Span<T> matrix, ReadOnlySpan<T> mask)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (mask.Length != matrix.Length)
        {
            throw new ArgumentException($"Expected a mask of {matrix.Length} numbers, got {mask.Length}.", nameof(mask));
        }

        for (int i = 0; i < matrix.Length; i++)
        {
            if (mask[i] == T.Zero)
            {
                matrix[i] = T.Zero;
            }
        }
    }
}
