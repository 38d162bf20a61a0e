namespace Qama.Cim.Precision;

/// <summary>
/// Scaling of real coefficients to integers, as the vendor's tools do it: left alone where a multiplier makes all of them integers
/// in range, otherwise scaled so that the largest becomes 2^(bits − 1) − 1.
/// </summary>
/// <remarks>kaiwu_community, kaiwu_community/ising/_precision.py, adjust_ising_matrix_precision.</remarks>
internal static class IntegerScaling
{
    private const double NonZero = 1e-10;
    private const double Integral = 1e-8;

    /// <summary>A multiplier that makes every value an integer of at most its limit, or null.</summary>
    /// <param name="pairs">Values limited to ±<paramref name="limit"/> (and −limit − 1).</param>
    /// <param name="fields">Values limited to <paramref name="share"/> times that.</param>
    /// <param name="limit">2^(bits − 1) − 1.</param>
    /// <param name="share">Spins that share a field.</param>
    public static double? Exact(ReadOnlySpan<double> pairs, ReadOnlySpan<double> fields, int limit, int share)
    {
        double smallest = Math.Min(Smallest(pairs), Smallest(fields));
        if (double.IsInfinity(smallest))
        {
            return 1;
        }

        int slack = share == 1 ? 1 : 0; // −limit − 1 is an integer of the machine's too, but leaves nothing to share
        if (Fits(pairs, 1, limit, 1) && Fits(fields, 1, (long)limit * share, slack))
        {
            return 1;
        }

        double largest = Math.Max(Largest(pairs), Largest(fields) / share);
        int most = (int)Math.Min(limit, limit * smallest / largest + 0.5);
        for (int k = 1; k <= most; k++)
        {
            if (Fits(pairs, k / smallest, limit, 0) && Fits(fields, k / smallest, (long)limit * share, 0))
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

    private static double Smallest(ReadOnlySpan<double> values)
    {
        double smallest = double.PositiveInfinity;
        foreach (double v in values)
        {
            smallest = Math.Abs(v) > NonZero ? Math.Min(smallest, Math.Abs(v)) : smallest;
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
