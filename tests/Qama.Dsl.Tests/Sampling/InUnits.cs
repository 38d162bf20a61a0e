using Qama.Ising;
using Qama.Problems;

namespace Qama.Tests.Sampling;

/// <summary>A unit of energy.</summary>
public interface IUnit
{
    static abstract float Value { get; }
}

/// <summary>2¹⁰⁰, more than the largest weight of a declaration.</summary>
public struct Huge : IUnit
{
    public static float Value => MathF.ScaleB(1, 100);
}

/// <summary>2⁻¹⁰⁰.</summary>
public struct Tiny : IUnit
{
    public static float Value => MathF.ScaleB(1, -100);
}

/// <summary>A plan with every weight in other units.</summary>
public struct InUnits<TPlan, TUnit> : IAnnealingPlan
    where TPlan : struct, IAnnealingPlan
    where TUnit : IUnit
{
    public static int Tokens => TPlan.Tokens;
    public static int Heads => TPlan.Heads;
    public static int Bits => TPlan.Bits;
    public static float PairScale => TUnit.Value * TPlan.PairScale;
    public static bool HasPairPenalties => TPlan.HasPairPenalties;
    public static bool KeepsDiagonal => TPlan.KeepsDiagonal;
    public static float Exclusion => TUnit.Value * TPlan.Exclusion;
    public static bool ComputesExclusion => TPlan.ComputesExclusion;
    public static bool ExclusionOnBits => TPlan.ExclusionOnBits;
    public static float Curvature => TUnit.Value * TPlan.Curvature;
    public static int SumPenaltyCount => TPlan.SumPenaltyCount;

    public static float GetExclusion(in ProblemView problem) => TUnit.Value * TPlan.GetExclusion(problem);

    public static SumPenalty GetSumPenalty(int index, in ProblemView problem)
    {
        SumPenalty penalty = TPlan.GetSumPenalty(index, problem);
        return penalty with { Weight = TUnit.Value * penalty.Weight };
    }

    public static void AddPairPenalties(int head, int token, Span<float> row)
    {
        Span<float> own = stackalloc float[row.Length];
        own.Clear();
        TPlan.AddPairPenalties(head, token, own);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] += TUnit.Value * own[i];
        }
    }

    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear)
    {
        TPlan.WriteLinear(problem, head, linear);
        foreach (ref float coefficient in linear)
        {
            coefficient *= TUnit.Value;
        }
    }
}
