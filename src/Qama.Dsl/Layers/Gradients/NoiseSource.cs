using Qama.Numerics;

namespace Qama.Layers.Gradients;

/// <summary>Random numbers of the noises that fields are perturbed with.</summary>
internal static class NoiseSource
{
    private const int Terms = 10; // of the sum of gamma variables, as its authors take

    private static readonly double _logTerms = Math.Log(Terms);

    /// <summary>One number.</summary>
    /// <param name="noise">The distribution.</param>
    /// <param name="count">k of <see cref="PerturbationNoise.SumOfGamma"/>.</param>
    /// <param name="random">Where it comes from.</param>
    public static double Next(PerturbationNoise noise, int count, ref RandomStream random) => noise switch
    {
        PerturbationNoise.Gaussian => random.NextNormal(),
        PerturbationNoise.Gumbel => -Math.Log(-Math.Log(Open(ref random))),
        _ => SumOfGamma(count, ref random),
    };

    // (Σ_{t=1..10} Gamma(1/k, scale k/t) − ln 10)/k.
    private static double SumOfGamma(int count, ref RandomStream random)
    {
        double sum = 0;
        for (int t = 1; t <= Terms; t++)
        {
            sum += Gamma(1.0 / count, ref random) * count / t;
        }

        return (sum - _logTerms) / count;
    }

    // Marsaglia and Tsang, ACM Trans. Math. Softw. 26, 363 (2000); shapes below 1 by their boost: Gamma(a) = Gamma(a + 1) U^(1/a).
    private static double Gamma(double shape, ref RandomStream random)
    {
        double d = shape + 1 - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormal(), v = 1 + (c * x);
            v = v * v * v;
            if (v > 0 && Math.Log(Open(ref random)) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v * Math.Pow(Open(ref random), 1 / shape);
            }
        }
    }

    // Uniform in (0, 1).
    private static double Open(ref RandomStream random) => random.NextDouble() + (0.5 / (1UL << 53));
}
