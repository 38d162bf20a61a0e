using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Norms;

/// <summary>
/// Batch normalisation (Ioffe, Szegedy, arXiv 1502.03167) of the entries that one sample has of one head: what is done
/// between the steps that involve the whole batch. All arithmetic is in double, rounded once; sums are in a fixed order.
/// </summary>
internal static partial class BatchNorm
{
    /// <summary>Added to the variance, as in PyTorch.</summary>
    public const double Epsilon = 1e-5;

    // Rows are measured twice, for the mean and for deviations from it: as many at once as stay in the nearest cache meanwhile.
    private const int MeasuredTogether = 4096;

    /// <summary>Count, mean and squared deviations of the entries.</summary>
    public static Moments Measure<T>(ReadOnlySpan<T> values, int head, in HeadEntries<T> entries)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Moments total = default;
        int together = Math.Max(1, MeasuredTogether / Math.Max(1, entries.Length));
        for (int row = 0; row < entries.Rows; row += together)
        {
            var action = new MeasureAction<T>(values, head, entries, row, Math.Min(row + together, entries.Rows));
            VectorPath.Run<double, MeasureAction<T>>(ref action);
            total += action.Result;
        }

        return total;
    }

    /// <summary>y = factor·(x − mean) + shift for the entries of some rows; what else stands in these rows is copied, if it belongs to the
    /// head.</summary>
    /// <param name="values">x.</param>
    /// <param name="head">The head.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="factor">scale / sqrt(variance + ε).</param>
    /// <param name="shift">The shift.</param>
    /// <param name="result">Receives y.</param>
    public static void Normalise<T>(
        ReadOnlySpan<T> values, int head, in HeadEntries<T> entries, Range rows, double mean, double factor, double shift, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new NormaliseAction<T>(values, head, entries, rows, mean, factor, shift, result);
        VectorPath.Run<double, NormaliseAction<T>>(ref action);
    }

    /// <summary>Σ g and Σ g x̂ over the entries, g = ∂L/∂y.</summary>
    public static (double Sum, double Projection) MeasureGradient<T>(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, int head, in HeadEntries<T> entries, double mean, double inverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new MeasureGradientAction<T>(gradient, values, head, entries, mean);
        VectorPath.Run<double, MeasureGradientAction<T>>(ref action);
        return (action.Sum, action.Product * inverse);
    }

    /// <summary>∂L/∂x = factor·(g − meanGradient − x̂·meanProjection) for the entries of some rows, in place of g or elsewhere; what else
    /// stands in these rows of g is copied, if it belongs to the head.</summary>
    /// <param name="gradient">g = ∂L/∂y.</param>
    /// <param name="values">x.</param>
    /// <param name="head">The head.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="statistics">What normalised x, and means over the batch.</param>
    /// <param name="result">Receives ∂L/∂x.</param>
    public static void Backward<T>(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, int head, in HeadEntries<T> entries, Range rows,
        in NormStatistics statistics, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new BackwardAction<T>(gradient, values, head, entries, rows, statistics, result);
        VectorPath.Run<double, BackwardAction<T>>(ref action);
    }
}

/// <summary>What a head's entries were normalised with, and what their gradients have in common.</summary>
/// <param name="Mean">The mean that normalised x.</param>
/// <param name="Inverse">1 / sqrt(variance + ε).</param>
/// <param name="Factor">scale·inverse.</param>
/// <param name="MeanGradient">Mean of g over the batch; 0 where mean and variance were constants.</param>
/// <param name="MeanProjection">Mean of g x̂ over the batch; 0 where mean and variance were constants.</param>
internal readonly record struct NormStatistics(
    double Mean, double Inverse, double Factor, double MeanGradient, double MeanProjection);
