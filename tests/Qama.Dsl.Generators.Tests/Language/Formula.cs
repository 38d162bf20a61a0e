namespace Qama.Generators.Tests.Language;

/// <summary>The energy of a declaration, written out term by term in double at real x.</summary>
/// <param name="declaration">The declaration.</param>
/// <param name="couplings">J, [heads, tokens, tokens].</param>
/// <param name="fields">f, [heads, tokens].</param>
/// <param name="tokenCount">Tokens present.</param>
internal sealed class Formula(RandomDeclaration declaration, float[] couplings, float[] fields, int tokenCount)
{
    /// <summary>Weights of the constraints: exclusion, then the bounds in order.</summary>
    public double[] Weights { get; set; } = [declaration.ExclusionWeight, .. declaration.Bounds.Select(b => b.Weight)];

    public double Energy(double[] x)
    {
        double[,] s = Selected(x);
        double energy = Objective(s);
        double[] violations = Violations(x, s);
        for (int c = 0; c < violations.Length; c++)
        {
            energy += violations[c] == 0 ? 0 : Weights[c] * violations[c];
        }

        return energy;
    }

    /// <summary>What exclusion and the bounds cost per unit of their weights.</summary>
    public double[] Violations(double[] x) => Violations(x, Selected(x));

    private double[] Violations(double[] x, double[,] s)
    {
        double exclusion = 0;
        for (int i = 0; declaration.HasExclusion && i < tokenCount; i++)
        {
            for (int a = 0; a < declaration.Heads; a++)
            {
                for (int b = a + 1; b < declaration.Heads; b++)
                {
                    exclusion += declaration.ExclusionOnBits
                        ? Enumerable.Range(0, declaration.Bits).Sum(k => x[Bit(a, i, k)] * x[Bit(b, i, k)])
                        : s[a, i] * s[b, i];
                }
            }
        }

        var violations = new double[1 + declaration.Bounds.Count];
        violations[0] = exclusion;
        for (int h = 0; h < declaration.Heads; h++)
        {
            double sum = 0;
            for (int i = 0; i < tokenCount; i++)
            {
                sum += s[h, i];
            }

            for (int c = 0; c < declaration.Bounds.Count; c++)
            {
                violations[1 + c] += declaration.Bounds[c].Penalty(sum);
            }
        }

        return violations;
    }

    /// <summary>Whether all hard constraints are kept.</summary>
    public bool IsFeasible(double[] x)
    {
        double[] violations = Violations(x);
        return (!declaration.HardExclusion || violations[0] < 1e-9)
            && declaration.Bounds.Zip(violations.Skip(1)).All(b => b.First.Unbalanced || b.Second < 1e-9);
    }

    // Couplings, fields, curvature, distances; and tokens that are not there cost what they weigh.
    private double Objective(double[,] selected)
    {
        double energy = 0;
        for (int h = 0; h < declaration.Heads; h++)
        {
            for (int i = 0; i < declaration.Tokens; i++)
            {
                double s = selected[h, i];
                if (i >= tokenCount)
                {
                    energy += s;
                    continue;
                }

                energy += declaration.Curvature * s * s;
                energy -= declaration.HasField ? declaration.FieldWeight * fields[(h * declaration.Tokens) + i] * s : 0;
                for (int j = 0; j < tokenCount; j++)
                {
                    double t = selected[h, j];
                    if (j != i || declaration.KeepsDiagonal)
                    {
                        energy -= declaration.CouplingWeight * couplings[(((h * declaration.Tokens) + i) * declaration.Tokens) + j] * s * t;
                    }

                    energy += j > i ? declaration.LongRange(i, j) * s * t : 0;
                }
            }
        }

        return energy;
    }

    private double[,] Selected(double[] x)
    {
        var s = new double[declaration.Heads, declaration.Tokens];
        for (int h = 0; h < declaration.Heads; h++)
        {
            for (int i = 0; i < declaration.Tokens; i++)
            {
                for (int b = 0; b < declaration.Bits; b++)
                {
                    s[h, i] += (1 << b) / (Math.Pow(2, declaration.Bits) - 1) * x[Bit(h, i, b)];
                }
            }
        }

        return s;
    }

    private int Bit(int head, int token, int bit) => (((head * declaration.Tokens) + token) * declaration.Bits) + bit;
}
