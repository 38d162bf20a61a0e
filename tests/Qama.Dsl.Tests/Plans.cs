using Qama.Ising;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>The published operator at its published size: 8 heads of 49 tokens.</summary>
public struct PublishedPlan : ITestPlan
{
    public static int Tokens => 49;
    public static int Heads => 8;
    public static float Exclusion => (float)(0.8 * 0.79788456080286536 * 49 / 7);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -0.16f * 49);
}

/// <summary>20 bits with head exclusion.</summary>
public struct BinaryPlan : ITestPlan
{
    public static int Tokens => 5;
    public static int Heads => 4;
    public static float Exclusion => 0.75f;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1.5f);
}

/// <summary>More tokens than one vector holds, and a last vector that is not full.</summary>
public struct LongRowPlan : ITestPlan
{
    public static int Tokens => 20;
    public static int Heads => 1;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, 1);
}

/// <summary>Bits with pair penalties and a curvature, which for bits is linear.</summary>
public struct PairPenaltyPlan : ITestPlan
{
    public static int Tokens => 6;
    public static int Heads => 2;
    public static float PairScale => -1;
    public static bool HasPairPenalties => true;
    public static float Exclusion => 0.25f;
    public static float Curvature => 0.5f;
    public static void AddPairPenalties(int head, int token, Span<float> row) =>
        PlanParts.AddDistancePenalty(token, Tokens, row, 1.25f);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Three-bit weights, curved, exclusion on weights, pair penalties.</summary>
public struct WeightsPlan : ITestPlan
{
    public static int Tokens => 3;
    public static int Heads => 2;
    public static int Bits => 3;
    public static bool HasPairPenalties => true;
    public static float Exclusion => 0.8f;
    public static float Curvature => 0.9f;
    public static void AddPairPenalties(int head, int token, Span<float> row) =>
        PlanParts.AddDistancePenalty(token, Tokens, row, 0.5f);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Two-bit weights with exclusion on bits.</summary>
public struct OverlapPlan : ITestPlan
{
    public static int Tokens => 3;
    public static int Heads => 3;
    public static int Bits => 2;
    public static float Exclusion => 0.6f;
    public static bool ExclusionOnBits => true;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Exactly three tokens per head, at a weight that freezes single flips.</summary>
public struct ExactlyPlan : ITestPlan
{
    public static int Tokens => 9;
    public static int Heads => 2;
    public static float Exclusion => 0.5f;
    public static int SumPenaltyCount => 1;
    public static SumPenalty GetSumPenalty(int index, in ProblemView problem) => new(ConstraintKind.Exactly, 3, 100);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Between one and two units of two-bit weights.</summary>
public struct BoundedPlan : ITestPlan
{
    public static int Tokens => 4;
    public static int Heads => 2;
    public static int Bits => 2;
    public static float Exclusion => 0.5f;
    public static bool ExclusionOnBits => true;
    public static float Curvature => 0.4f;
    public static int SumPenaltyCount => 2;
    public static SumPenalty GetSumPenalty(int index, in ProblemView problem) =>
        index == 0 ? new(ConstraintKind.AtMost, 2, 60) : new(ConstraintKind.AtLeast, 1, 60);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Both unbalanced penalties.</summary>
public struct UnbalancedPlan : ITestPlan
{
    public static int Tokens => 8;
    public static int Heads => 2;
    public static int SumPenaltyCount => 2;
    public static SumPenalty GetSumPenalty(int index, in ProblemView problem) =>
        index == 0
            ? new(ConstraintKind.AtMost, 3, 5, SlackKind.Unbalanced)
            : new(ConstraintKind.AtLeast, 2, 3, SlackKind.Unbalanced);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Bits whose couplings have a diagonal that counts.</summary>
public struct DiagonalPlan : ITestPlan
{
    public static int Tokens => 9;
    public static int Heads => 2;
    public static bool KeepsDiagonal => true;
    public static float Exclusion => 0.5f;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>The same with two-bit weights, their curvature, pair penalties, and a bound that makes them trade.</summary>
public struct DiagonalWeightsPlan : ITestPlan
{
    public static int Tokens => 4;
    public static int Heads => 2;
    public static int Bits => 2;
    public static bool KeepsDiagonal => true;
    public static bool HasPairPenalties => true;
    public static float Exclusion => 0.6f;
    public static bool ExclusionOnBits => true;
    public static float Curvature => 0.3f;
    public static int SumPenaltyCount => 1;
    public static SumPenalty GetSumPenalty(int index, in ProblemView problem) => new(ConstraintKind.AtMost, 2, 50);
    public static void AddPairPenalties(int head, int token, Span<float> row) =>
        PlanParts.AddDistancePenalty(token, Tokens, row, 0.5f);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Heads that share no token, at a weight that depends on the problem.</summary>
public struct HardExclusionPlan : ITestPlan
{
    public static int Tokens => 7;
    public static int Heads => 3;
    public static float Exclusion => 0;
    public static bool ComputesExclusion => true;
    public static float GetExclusion(in ProblemView problem) => PlanParts.LargeWeight(problem);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Three heads that divide all tokens: no single flip, trade or hand-over is possible.</summary>
public struct PartitionPlan : ITestPlan
{
    public static int Tokens => 6;
    public static int Heads => 3;
    public static bool ComputesExclusion => true;
    public static float GetExclusion(in ProblemView problem) => PlanParts.LargeWeight(problem);
    public static int SumPenaltyCount => 1;
    public static SumPenalty GetSumPenalty(int index, in ProblemView problem) => new(ConstraintKind.Exactly, 2, 60);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Four bits, for comparisons of whole distributions.</summary>
public struct TinyPlan : ITestPlan
{
    public static int Tokens => 2;
    public static int Heads => 2;
    public static float Exclusion => 0.75f;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Bits without exclusion.</summary>
public struct FreePlan : ITestPlan
{
    public static int Tokens => 4;
    public static int Heads => 1;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) => linear.Clear();
}

/// <summary>One weight of two bits and another, with a soft bound: four bits with every kind of move.</summary>
public struct TinyWeightsPlan : ITestPlan
{
    public static int Tokens => 2;
    public static int Heads => 1;
    public static int Bits => 2;
    public static float PairScale => -6;
    public static float Curvature => 0.5f;
    public static int SumPenaltyCount => 1;
    public static SumPenalty GetSumPenalty(int index, in ProblemView problem) => new(ConstraintKind.AtMost, 1, 2);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>A head with nobody to hand tokens over to.</summary>
public struct OneHeadPlan : ITestPlan
{
    public static int Tokens => 20;
    public static int Heads => 1;
    public static float Exclusion => 2;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Two heads, who hand over to each other in every sweep.</summary>
public struct TwoHeadsPlan : ITestPlan
{
    public static int Tokens => 20;
    public static int Heads => 2;
    public static float Exclusion => 6;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>An odd number of heads: one rests in every round of hand-overs.</summary>
public struct FiveHeadsPlan : ITestPlan
{
    public static int Tokens => 37;
    public static int Heads => 5;
    public static float Exclusion => 5;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Weights of two bits in an odd number of heads.</summary>
public struct ThreeSoftHeadsPlan : ITestPlan
{
    public static int Tokens => 20;
    public static int Heads => 3;
    public static int Bits => 2;
    public static float Exclusion => 3;
    public static float Curvature => 0.5f;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -1);
}

/// <summary>Three heads of two bits whose exclusion is strong: single flips alone hardly cross from one to
/// another.</summary>
public struct TinyHeadsPlan : ITestPlan
{
    public static int Tokens => 2;
    public static int Heads => 3;
    public static float Exclusion => 6;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -4);
}

/// <summary>The published operator with 8 heads of 128 tokens.</summary>
public struct LargerPublishedPlan : ITestPlan
{
    public static int Tokens => 128;
    public static int Heads => 8;
    public static float Exclusion => (float)(0.8 * 0.79788456080286536 * 128 / 7);
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -0.16f * 128);
}
