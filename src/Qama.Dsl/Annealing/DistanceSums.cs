using Qama.Contract;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// What selected tokens on one side of a tile say to its lanes by the closed form of the long-range penalty: from their number, the sum of
/// their distances and the sum of their decays, all seen from the tile's lane that is next to them.
/// </summary>
/// <remarks>Going away from the tokens, decays only shrink, whatever the length of the line: the tokens behind a sweep are summed
/// up with it, those before it from the far end beforehand.</remarks>
internal struct DistanceSums
{
    /// <summary>Places that are in the sums, from the first on.</summary>
    public int From;

    /// <summary>The end of these places.</summary>
    public int To;

    private double _count;
    private double _distance;
    private double _decay;

    /// <summary>Nothing is in the sums.</summary>
    public static DistanceSums None(int place) => new() { From = place, To = place };

    /// <summary>Goes a tile away from all that is in the sums.</summary>
    public void Leave<TPlan>()
        where TPlan : struct, IAnnealingPlan
    {
        _distance += RowLayout.Width * _count;
        _decay *= LongRangeKernel<TPlan>.TileDecay;
    }

    /// <summary>Adds a weight at a distance, in levels; takes it out if it is negative.</summary>
    public void Add<TPlan>(float level, int distance)
        where TPlan : struct, IAnnealingPlan
    {
        _count += level;
        _distance += (double)level * distance;
        _decay += LongRangeKernel<TPlan>.IsExponential ? level * LongRangeKernel<TPlan>.DecayAt(distance) : 0;
    }

    /// <summary>What the sums say to a lane k steps further: Base + k·PerLane + Decay·e^(−k/ℓ).</summary>
    public readonly (float Base, float PerLane, float Decay) Terms<TPlan>(double unit)
        where TPlan : struct, IAnnealingPlan
    {
        (double constant, double linear, double decay) = LongRangeKernel<TPlan>.Factors;
        return (
            (float)(unit * ((constant * _count) + (linear * _distance))), (float)(unit * linear * _count),
            (float)(unit * decay * _decay));
    }
}

/// <summary>The long-range penalty of a plan as κ(d) = constant + linear·d + decay·e^(−d/ℓ) for distances from Gap to Reach, 0 for
/// others.</summary>
internal static class LongRangeKernel<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private const int Width = RowLayout.Width;

    // At the distances at which tokens come into sums and leave them, which are 17 at either end.
    private static readonly double[] _first = Decays(Gap);
    private static readonly double[] _last = Decays(Reach - Width + 1);

    /// <summary>Whether there is a penalty at all.</summary>
    public static bool IsPresent => TPlan.LongRange.IsPresent;

    /// <summary>Whether it decays.</summary>
    public static bool IsExponential => TPlan.LongRange.Decay == Decay.Exponential;

    /// <summary>The least distance that counts.</summary>
    public static int Gap => TPlan.LongRange.Gap;

    /// <summary>The largest one, or more than there is.</summary>
    public static int Reach => TPlan.LongRange.Reach(GeneralFactoredLayout<TPlan>.Reach);

    /// <summary>e^(−16/ℓ).</summary>
    public static double TileDecay { get; } = Math.Exp(-(double)Width / Length);

    /// <summary>The factors of κ.</summary>
    public static (double Constant, double Linear, double Decay) Factors { get; } = TPlan.LongRange.Factors;

    private static int Length => Math.Max(1, TPlan.LongRange.MinDistance);

    /// <summary>e^(−d/ℓ), from a table for distances at the edges of those that count.</summary>
    public static double DecayAt(int distance) =>
        (uint)(distance - Gap) <= Width ? _first[distance - Gap]
        : (uint)(distance - Reach + Width - 1) <= Width ? _last[distance - Reach + Width - 1]
        : DecayOf(distance);

    /// <summary>e^(−d/ℓ), computed.</summary>
    public static double DecayOf(int distance) => Math.Exp(-(double)distance / Length);

    /// <summary>Floats of the table that <see cref="WriteTable"/> writes.</summary>
    public static int TableLength => IsPresent ? RowLayout.Stride(2 * TableHalf) : 0;

    /// <summary>Where distance 0 stands in the table.</summary>
    public static int TableHalf => Math.Min(Reach, GeneralFactoredLayout<TPlan>.GroupPlaces) + (2 * Width);

    /// <summary>Writes κ of the distances that any two places of tiles next to what sums hold can have, negative ones too.</summary>
    public static void WriteTable(Span<float> table)
    {
        table.Clear();
        for (int d = Gap; d <= Math.Min(Reach, TableHalf - 1); d++)
        {
            table[TableHalf + d] = table[TableHalf - d] = (float)TPlan.LongRange.Of(d);
        }
    }

    private static double[] Decays(int first) =>
        [.. Enumerable.Range(first, Width + 1).Select(DecayOf)];
}
