using Qama.Ising;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>The energy of a plan as its documentation states it, term by term in double: the oracle.</summary>
public static class LiteralModel<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private static int Stride => Padding.Stride(TPlan.Tokens);

    private static double BitWeight(int bit) => (double)(1 << bit) / ((1 << TPlan.Bits) - 1);

    public static int Index(int head, int token, int bit) => (head * TPlan.Tokens + token) * TPlan.Bits + bit;

    public static double Energy(in ProblemView problem, ReadOnlySpan<double> x)
    {
        double energy = 0;
        var linear = new float[Stride];
        for (int h = 0; h < TPlan.Heads; h++)
        {
            TPlan.WriteLinear(problem, h, linear);
            double total = 0;
            for (int i = 0; i < TPlan.Tokens; i++)
            {
                double s = Weight(x, h, i);
                total += s;
                energy += linear[i] * s + Square(problem, h, i) * s * s;
                for (int j = i + 1; j < TPlan.Tokens; j++)
                {
                    energy += Pair(problem, h, i, j) * s * Weight(x, h, j);
                }

                for (int other = h + 1; other < TPlan.Heads; other++)
                {
                    energy += Exclusion(problem) * Overlap(x, h, other, i);
                }
            }

            for (int c = 0; c < TPlan.SumPenaltyCount; c++)
            {
                energy += Penalty(TPlan.GetSumPenalty(c, problem), total);
            }
        }

        return energy;
    }

    public static double Exclusion(in ProblemView problem) =>
        TPlan.ComputesExclusion ? TPlan.GetExclusion(problem) : TPlan.Exclusion;

    public static double Square(in ProblemView problem, int head, int i) =>
        TPlan.Curvature + (TPlan.KeepsDiagonal ? Pair(problem, head, i, i) / 2 : 0);

    public static double Pair(in ProblemView problem, int head, int i, int j)
    {
        var row = new float[Stride];
        if (TPlan.HasPairPenalties)
        {
            TPlan.AddPairPenalties(head, i, row);
        }

        return (double)TPlan.PairScale * problem.Couplings[(head * TPlan.Tokens + i) * Stride + j] + row[j];
    }

    private static double Weight(ReadOnlySpan<double> x, int head, int token)
    {
        double s = 0;
        for (int b = 0; b < TPlan.Bits; b++)
        {
            s += BitWeight(b) * x[Index(head, token, b)];
        }

        return s;
    }

    private static double Overlap(ReadOnlySpan<double> x, int a, int b, int token)
    {
        if (!TPlan.ExclusionOnBits)
        {
            return Weight(x, a, token) * Weight(x, b, token);
        }

        double sum = 0;
        for (int bit = 0; bit < TPlan.Bits; bit++)
        {
            sum += x[Index(a, token, bit)] * x[Index(b, token, bit)];
        }

        return sum;
    }

    private static double Penalty(SumPenalty penalty, double sum)
    {
        double excess = sum - penalty.Target;
        double g = penalty.Kind == ConstraintKind.AtMost ? -excess : excess;
        return penalty.Weight * (penalty.Kind, penalty.Slack) switch
        {
            (ConstraintKind.Exactly, _) => excess * excess,
            (_, SlackKind.Unbalanced) => -0.96 * g + 0.037 * g * g,
            (ConstraintKind.AtMost, _) => Math.Pow(Math.Max(0, excess), 2),
            _ => Math.Pow(Math.Max(0, -excess), 2),
        };
    }
}
