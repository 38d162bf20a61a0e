namespace Qama.Numerics.Norms;

/// <summary>Count, mean and sum of squared deviations of a set of numbers.</summary>
/// <param name="Count">The number of values.</param>
/// <param name="Mean">Their mean; 0 for none.</param>
/// <param name="SquaredDeviations">Σ (x − mean)².</param>
internal readonly record struct Moments(long Count, double Mean, double SquaredDeviations)
{
    /// <summary>The variance with divisor n.</summary>
    public double BiasedVariance => Count > 0 ? SquaredDeviations / Count : 0;

    /// <summary>The variance with divisor n − 1; needs two numbers.</summary>
    public double UnbiasedVariance => SquaredDeviations / (Count - 1);

    /// <summary>The moments of two sets together (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for
    /// computing sample variances", 1982): no cancellation however far the mean is from 0.</summary>
    public static Moments operator +(Moments a, Moments b)
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return a.Count == 0 ? b : a;
        }

        long count = a.Count + b.Count;
        double shift = b.Mean - a.Mean;
        return new Moments(
            count,
            a.Mean + shift * b.Count / count,
            a.SquaredDeviations + b.SquaredDeviations + shift * shift * a.Count * b.Count / count);
    }
}
