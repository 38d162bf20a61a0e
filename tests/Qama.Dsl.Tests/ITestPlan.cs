using Qama.Ising;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>A plan with defaults for everything but its size, so that a test model says only what it is about.</summary>
public interface ITestPlan : IAnnealingPlan
{
    static float IAnnealingPlan.PairScale => -2;
    static int IAnnealingPlan.Bits => 1;
    static bool IAnnealingPlan.HasPairPenalties => false;
    static float IAnnealingPlan.Exclusion => 0;
    static bool IAnnealingPlan.ExclusionOnBits => false;
    static float IAnnealingPlan.Curvature => 0;
    static int IAnnealingPlan.SumPenaltyCount => 0;
    static void IAnnealingPlan.AddPairPenalties(int head, int token, Span<float> row)
    {
    }

    static SumPenalty IAnnealingPlan.GetSumPenalty(int index, in ProblemView problem) =>
        throw new ArgumentOutOfRangeException(nameof(index));
}

/// <summary>Pieces that several plans share.</summary>
public static class PlanParts
{
    public static void WriteFields(in ProblemView problem, int head, Span<float> linear, float factor)
    {
        ReadOnlySpan<float> fields = problem.Fields.Slice(head * linear.Length, linear.Length);
        for (int i = 0; i < linear.Length; i++)
        {
            linear[i] = factor * fields[i];
        }
    }

    /// <summary>More than any selection can gain.</summary>
    public static float LargeWeight(in ProblemView problem)
    {
        float weight = 1;
        foreach (float j in problem.Couplings)
        {
            weight += Math.Abs(j);
        }

        return weight;
    }

    /// <summary>weight / distance to every other token.</summary>
    public static void AddDistancePenalty(int token, int tokens, Span<float> row, float weight)
    {
        for (int j = 0; j < tokens; j++)
        {
            if (j != token)
            {
                row[j] += weight / Math.Abs(token - j);
            }
        }
    }
}
