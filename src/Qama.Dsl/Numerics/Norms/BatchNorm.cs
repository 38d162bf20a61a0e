using System.Numerics;

namespace Qama.Numerics.Norms;

/// <summary>
/// Batch normalisation (Ioffe, Szegedy, arXiv 1502.03167) of the entries that one sample has of one head: what is done
/// between the steps that involve the whole batch. All sums are in double.
/// </summary>
internal static class BatchNorm
{
    /// <summary>Added to the variance, as in PyTorch.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Count, mean and squared deviations of the entries.</summary>
    public static Moments Measure<T>(ReadOnlySpan<T> values, int head, in HeadEntries<T> entries)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long count = 0;
        double sum = 0;
        for (int r = 0; r < entries.Rows; r++)
        {
            ReadOnlySpan<T> row = Row(values, head, r, entries);
            ReadOnlySpan<T> included = Included(r, entries);
            for (int i = 0; i < row.Length; i++)
            {
                if (included.IsEmpty || included[i] != T.Zero)
                {
                    sum += double.CreateTruncating(row[i]);
                    count++;
                }
            }
        }

        double mean = count > 0 ? sum / count : 0;
        double squares = 0;
        for (int r = 0; r < entries.Rows; r++)
        {
            ReadOnlySpan<T> row = Row(values, head, r, entries);
            ReadOnlySpan<T> included = Included(r, entries);
            for (int i = 0; i < row.Length; i++)
            {
                if (included.IsEmpty || included[i] != T.Zero)
                {
                    double deviation = double.CreateTruncating(row[i]) - mean;
                    squares += deviation * deviation;
                }
            }
        }

        return new Moments(count, mean, squares);
    }

    /// <summary>y = scale·(x − mean)·inverse + shift for the entries; nothing else of <paramref name="result"/> is written.</summary>
    public static void Normalise<T>(
        ReadOnlySpan<T> values, int head, in HeadEntries<T> entries, double mean, double factor, double shift, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int r = 0; r < entries.Rows; r++)
        {
            ReadOnlySpan<T> row = Row(values, head, r, entries);
            ReadOnlySpan<T> included = Included(r, entries);
            Span<T> target = result.Slice(head * entries.HeadPitch + r * entries.RowPitch, entries.Length);
            for (int i = 0; i < row.Length; i++)
            {
                if (included.IsEmpty || included[i] != T.Zero)
                {
                    target[i] = T.CreateTruncating((double.CreateTruncating(row[i]) - mean) * factor + shift);
                }
            }
        }
    }

    /// <summary>Σ g and Σ g x̂ over the entries, g = ∂L/∂y.</summary>
    public static (double Sum, double Projection) MeasureGradient<T>(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, int head, in HeadEntries<T> entries, double mean, double inverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        double projection = 0;
        for (int r = 0; r < entries.Rows; r++)
        {
            ReadOnlySpan<T> g = Row(gradient, head, r, entries);
            ReadOnlySpan<T> x = Row(values, head, r, entries);
            ReadOnlySpan<T> included = Included(r, entries);
            for (int i = 0; i < g.Length; i++)
            {
                if (included.IsEmpty || included[i] != T.Zero)
                {
                    double own = double.CreateTruncating(g[i]);
                    sum += own;
                    projection += own * (double.CreateTruncating(x[i]) - mean);
                }
            }
        }

        return (sum, projection * inverse);
    }

    /// <summary>∂L/∂x = factor·(g − meanGradient − x̂·meanProjection) for the entries, in place of g or elsewhere.</summary>
    /// <param name="gradient">g = ∂L/∂y.</param>
    /// <param name="values">x.</param>
    /// <param name="head">The head.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="mean">The mean that normalised x.</param>
    /// <param name="inverse">1 / sqrt(variance + ε).</param>
    /// <param name="factor">scale·inverse.</param>
    /// <param name="meanGradient">Mean of g over the batch; 0 where mean and variance were constants.</param>
    /// <param name="meanProjection">Mean of g x̂ over the batch; 0 where mean and variance were constants.</param>
    /// <param name="result">Receives ∂L/∂x; nothing but the entries is written.</param>
    public static void Backward<T>(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, int head, in HeadEntries<T> entries, double mean, double inverse,
        double factor, double meanGradient, double meanProjection, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int r = 0; r < entries.Rows; r++)
        {
            ReadOnlySpan<T> g = Row(gradient, head, r, entries);
            ReadOnlySpan<T> x = Row(values, head, r, entries);
            ReadOnlySpan<T> included = Included(r, entries);
            Span<T> target = result.Slice(head * entries.HeadPitch + r * entries.RowPitch, entries.Length);
            for (int i = 0; i < g.Length; i++)
            {
                if (included.IsEmpty || included[i] != T.Zero)
                {
                    double normalised = (double.CreateTruncating(x[i]) - mean) * inverse;
                    target[i] = T.CreateTruncating(
                        factor * (double.CreateTruncating(g[i]) - meanGradient - normalised * meanProjection));
                }
            }
        }
    }

    private static ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> memory, int head, int row, in HeadEntries<T> entries)
        where T : unmanaged => memory.Slice(head * entries.HeadPitch + row * entries.RowPitch, entries.Length);

    private static ReadOnlySpan<T> Included<T>(int row, in HeadEntries<T> entries)
        where T : unmanaged =>
        entries.Included.IsEmpty ? default : entries.Included.Slice(row * entries.RowPitch, entries.Length);
}
