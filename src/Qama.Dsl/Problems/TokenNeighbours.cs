using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>Which tokens of a line interact: all, those at most a distance apart, or those of one block. A token is among its own
/// neighbours.</summary>
/// <param name="window">Largest |i − j|; 0 where distance does not matter.</param>
/// <param name="block">Tokens of a block; 0 where there are none.</param>
internal readonly struct TokenNeighbours(int window, int block)
{
    /// <summary>Whether all tokens are neighbours.</summary>
    public bool AreAll => window == 0 && block == 0;

    /// <summary>Σ_j x_j over the neighbours of every token, in time that grows with the tokens alone; sums are made in double.</summary>
    /// <param name="x">x, [tokens present].</param>
    /// <param name="result">Receives as many sums; may be the memory of x only where all tokens are neighbours or those of a
    /// block.</param>
    public void Sum<T>(ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (window > 0)
        {
            SumWindows(x, result);
            return;
        }

        int size = block > 0 ? block : Math.Max(x.Length, 1);
        for (int first = 0; first < x.Length; first += size)
        {
            ReadOnlySpan<T> own = x.Slice(first, Math.Min(size, x.Length - first));
            double sum = 0;
            foreach (T value in own)
            {
                sum += double.CreateTruncating(value);
            }

            result.Slice(first, own.Length).Fill(T.CreateTruncating(sum));
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

    private void SumWindows<T>(ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int j = 0; j < Math.Min(window, x.Length); j++)
        {
            sum += double.CreateTruncating(x[j]);
        }

        for (int i = 0; i < x.Length; i++)
        {
            sum += i + window < x.Length ? double.CreateTruncating(x[i + window]) : 0;
            sum -= i > window ? double.CreateTruncating(x[i - window - 1]) : 0;
            result[i] = T.CreateTruncating(sum);
        }
    }
}
