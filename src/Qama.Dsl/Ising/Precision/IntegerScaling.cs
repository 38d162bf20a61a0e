namespace Qama.Ising.Precision;

/// <summary>
/// Scaling of real coefficients to integers, as the vendor's tools do it: by the smallest multiplier that makes all of them integers in
/// range, otherwise so that the largest becomes 2^(bits − 1) − 1. What is negligible or integral is so beside the largest
/// coefficient: the integers are the same whatever the unit, and never all 0.
/// </summary>
/// <remarks>kaiwu_community, kaiwu_community/ising/_precision.py, adjust_ising_matrix_precision.</remarks>
internal static class IntegerScaling
{
    private const double Negligible = 1e-10;
    private const double Integral = 1e-8;

    /// <summary>A multiplier that makes every value an integer of at most its limit, or null.</summary>
    /// <param name="pairs">Values limited to ±<paramref name="limit"/> (and −limit − 1).</param>
    /// <param name="fields">Values limited to <paramref name="share"/> times that.</param>
    /// <param name="limit">2^(bits − 1) − 1.</param>
    /// <param name="share">Spins that share a field.</param>
    /// <returns>The smallest one that makes the smallest value an integer; null also where every value is 0.</returns>
    public static double? Exact(ReadOnlySpan<double> pairs, ReadOnlySpan<double> fields, int limit, int share)
    {
        double largestPair = Largest(pairs);
        double largestField = Largest(fields);
        double negligible = Negligible * Math.Max(largestPair, largestField);
        double smallest = Math.Min(Smallest(pairs, negligible), Smallest(fields, negligible));
        double most = (limit + 1) * (smallest / Math.Max(largestPair, largestField / share)) + 0.5;
        int slack = share == 1 ? 1 : 0; // −limit − 1 is an integer of the machine's too, but leaves nothing to share
        for (int k = 1; k <= limit && k <= most; k++)
        {
            if (Fits(pairs, k / smallest, limit, 1) && Fits(fields, k / smallest, (long)limit * share, slack))
            {
                return k / smallest;
            }
        }

        return null;
    }

    /// <summary>The largest magnitude.</summary>
    public static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double v in values)
        {
            largest = Math.Max(largest, Math.Abs(v));
        }

        return largest;
    }

    /// <summary>The largest exponent of two among the values; 0 where all are 0.</summary>
    public static int Exponent(ReadOnlySpan<double> values) => Largest(values) is > 0 and double largest ? Math.ILogB(largest) : 0;

    /// <summary>2^exponent as two factors: of the smallest doubles' reciprocals one alone would be infinite.</summary>
    public static (double First, double Second) PowerOfTwo(int exponent) =>
        (Math.ScaleB(1, exponent / 2), Math.ScaleB(1, exponent - exponent / 2));

    /// <summary>Whether all are integers in range, as far as is worth telling.</summary>
    public static bool AreIntegers(ReadOnlySpan<double> values, int limit) => Largest(values) >= 0.5 && Fits(values, 1, limit, 1);

    private static double Smallest(ReadOnlySpan<double> values, double negligible)
    {
        double smallest = double.PositiveInfinity;
        foreach (double v in values)
        {
            smallest = Math.Abs(v) > negligible ? Math.Min(smallest, Math.Abs(v)) : smallest;
        }

        return smallest;
    }

    private static bool Fits(ReadOnlySpan<double> values, double factor, long limit, int slack)
    {
        foreach (double v in values)
        {
            double scaled = v * factor;
            double rounded = Math.Round(scaled);
            if (Math.Abs(scaled - rounded) > Integral || rounded > limit || rounded < -limit - slack)
            {
                return false;
            }
        }

        return true;
    }
}
