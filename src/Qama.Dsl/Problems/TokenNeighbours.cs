using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>Which tokens of a line interact: all, those at most a distance apart, or those of one block, or both. A token is among its own
/// neighbours.</summary>
/// <param name="window">Largest |i − j|; 0 where distance does not matter.</param>
/// <param name="block">Tokens of a block; 0 where there are none.</param>
internal readonly struct TokenNeighbours(int window, int block)
{
    /// <summary>Whether all tokens are neighbours.</summary>
    public bool AreAll => window == 0 && block == 0;

    /// <summary>Whether all of so many tokens are neighbours.</summary>
    public bool AreAllOf(int count) => (window == 0 || window >= count - 1) && (block == 0 || block >= count);

    /// <summary>The first of a token's neighbours, which stand side by side, and the one after the last, of so many tokens.</summary>
    public (int From, int To) Of(int token, int count)
    {
        (int from, int to) = (0, count);
        if (window > 0)
        {
            (from, to) = (Math.Max(0, token - window), (int)Math.Min(count, token + (long)window + 1));
        }

        if (block > 0)
        {
            int first = token / block * block;
            (from, to) = (Math.Max(from, first), (int)Math.Min(to, first + (long)block));
        }

        return (from, to);
    }

    /// <summary>Σ_j x_j over the neighbours of every token, in time that grows with the tokens alone; sums are made in double.</summary>
    /// <param name="x">x, [tokens present].</param>
    /// <param name="result">Receives as many sums; may be the memory of x only where all tokens are neighbours or those of a
    /// block.</param>
    public void Sum<T>(ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        (int from, int to) = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            (int first, int end) = Of(i, x.Length);
            (sum, from) = first < to ? (sum, from) : (0, first);
            for (to = Math.Max(to, from); to < end; to++)
            {
                sum += double.CreateTruncating(x[to]);
            }

            for (; from < first; from++)
            {
                sum -= double.CreateTruncating(x[from]);
            }

            result[i] = T.CreateTruncating(sum);
        }
    }

    /// <summary>target_i += scale · x_i · Σ_j y_j z_j over the neighbours j of i, products and sums in double.</summary>
    public void AddProducts<T>(double scale, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<T> z, Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        (int from, int to) = (0, 0);
        for (int i = 0; i < z.Length; i++)
        {
            (int first, int end) = Of(i, z.Length);
            (sum, from) = first < to ? (sum, from) : (0, first);
            for (to = Math.Max(to, from); to < end; to++)
            {
                sum += y[to] * double.CreateTruncating(z[to]);
            }

            for (; from < first; from++)
            {
                sum -= y[from] * double.CreateTruncating(z[from]);
            }

            target[i] += T.CreateTruncating(scale * x[i] * sum);
        }
    }

    /// <summary>target_i += scale · x_i · Σ_j y_j z_j over the neighbours j of i.</summary>
    /// <param name="scale">The factor.</param>
    /// <param name="x">x, a padded row.</param>
    /// <param name="y">y, likewise.</param>
    /// <param name="z">z; 0 for absent tokens.</param>
    /// <param name="count">Tokens present.</param>
    /// <param name="scratch">Two rows; none where all tokens are neighbours.</param>
    /// <param name="target">What is added to.</param>
    public void AddProducts<T>(
        T scale, ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, int count, Span<T> scratch, Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (AreAll)
        {
            Rows.AddScaled(scale * Rows.Dot(y, z), x, target);
            return;
        }

        Span<T> products = scratch[..count], sums = scratch.Slice(scratch.Length / 2, count);
        Rows.Multiply(y[..count], z[..count], products);
        Sum(products, sums);
        Rows.Scale(scale, sums, sums);
        Rows.MultiplyAdd(sums, x[..count], target[..count], target[..count]);
    }
}
