namespace Qama.Golden.Tests;

/// <summary>The energy of a declaration, written out from the definition of its terms, in double.</summary>
internal sealed class LiteralEnergy(int heads, int tokens, int bits)
{
    public double CouplingWeight { get; init; } = 1;

    public double FieldWeight { get; init; }

    public double Curvature { get; init; }

    public double Exclusion { get; init; }

    public bool ExclusionOnBits { get; init; }

    public Func<int, int, bool> Interacts { get; init; } = static (_, _) => true;

    /// <summary>What a selected pair i &lt; j of one head costs.</summary>
    public Func<int, int, double> Pair { get; init; } = static (_, _) => 0;

    /// <summary>What a head's sum costs.</summary>
    public Func<double, double> Sum { get; init; } = static _ => 0;

    public double Of(ReadOnlySpan<byte> x, ReadOnlySpan<float> j, ReadOnlySpan<float> f)
    {
        var s = new double[heads, tokens];
        for (int w = 0; w < heads * tokens; w++)
        {
            for (int b = 0; b < bits; b++)
            {
                s[w / tokens, w % tokens] += x[w * bits + b] * Math.Pow(2, b) / (Math.Pow(2, bits) - 1);
            }
        }

        double energy = 0;
        for (int h = 0; h < heads; h++)
        {
            double sum = 0;
            for (int i = 0; i < tokens; i++)
            {
                sum += s[h, i];
                energy += Curvature * s[h, i] * s[h, i];
                energy -= FieldWeight == 0 ? 0 : FieldWeight * f[h * tokens + i] * s[h, i];
                for (int k = 0; k < tokens; k++)
                {
                    if (k != i && Interacts(i, k))
                    {
                        energy -= CouplingWeight * j[(h * tokens + i) * tokens + k] * s[h, i] * s[h, k];
                        energy += k > i ? Pair(i, k) * s[h, i] * s[h, k] : 0;
                    }
                }

                for (int other = h + 1; other < heads; other++)
                {
                    if (!ExclusionOnBits)
                    {
                        energy += Exclusion * s[h, i] * s[other, i];
                    }

                    for (int b = 0; ExclusionOnBits && b < bits; b++)
                    {
                        energy += Exclusion * x[(h * tokens + i) * bits + b] * x[(other * tokens + i) * bits + b];
                    }
                }
            }

            energy += Sum(sum);
        }

        return energy;
    }
}
