using System.ComponentModel;
using Qama.Ising;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>What the annealing driver is told about a declared model: its energy in single precision.</summary>
/// <typeparam name="TEnergy">The model's energy.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct DeclaredPlan<TEnergy> : IAnnealingPlan
    where TEnergy : struct, IDeclaredEnergy
{
    /// <inheritdoc/>
    public static int Tokens => TEnergy.Tokens;

    /// <inheritdoc/>
    public static int Heads => TEnergy.Heads;

    /// <inheritdoc/>
    public static int Bits => TEnergy.Bits;

    /// <inheritdoc/>
    public static float PairScale => (float)(-2 * TEnergy.CouplingWeight);

    /// <inheritdoc/>
    public static bool HasCoupling => TEnergy.HasCoupling;

    /// <inheritdoc/>
    public static bool HasPairPenalties => TEnergy.HasPairPenalties;

    /// <inheritdoc/>
    public static bool KeepsDiagonal => TEnergy.KeepsDiagonal;

    /// <inheritdoc/>
    public static int CouplingWindow => TEnergy.CouplingWindow;

    /// <inheritdoc/>
    public static int CouplingBlock => TEnergy.CouplingBlock;

    /// <inheritdoc/>
    public static bool HasCompactFeatures => TEnergy.HasCompactFeatures;

    /// <inheritdoc/>
    public static DistancePenalty LongRange => TEnergy.LongRange;

    /// <inheritdoc/>
    public static float Exclusion =>
        TEnergy.HasExclusion && !TEnergy.IsExclusionHard ? (float)TEnergy.GetExclusion(default) : 0;

    /// <inheritdoc/>
    public static bool ComputesExclusion => TEnergy.HasExclusion && TEnergy.IsExclusionHard;

    /// <inheritdoc/>
    public static bool ExclusionOnBits => TEnergy.ExclusionOnBits;

    /// <inheritdoc/>
    public static int ExclusionTokens => TEnergy.ExclusionTokens;

    /// <inheritdoc/>
    public static float Curvature => (float)TEnergy.Curvature;

    /// <inheritdoc/>
    public static int SumPenaltyCount => TEnergy.SumPenaltyCount;

    private static int Stride => Padding.Stride(TEnergy.Tokens);

    /// <inheritdoc/>
    public static float GetExclusion(in ProblemView problem) => (float)TEnergy.GetExclusion(problem.PenaltyWeights);

    /// <inheritdoc/>
    public static SumPenalty GetSumPenalty(int index, in ProblemView problem) =>
        TEnergy.GetSumPenalty(index, problem.PenaltyWeights);

    /// <inheritdoc/>
    public static void AddPairPenalties(int head, int token, Span<float> row)
    {
        if (TEnergy.HasPairPenalties)
        {
            int first = TEnergy.PairPenaltiesPerHead ? (head * TEnergy.Tokens) + token : token;
            Rows.AddScaled(1, PairPenaltyTable<TEnergy>.Pairs.AsSpan(first * Stride, Stride), row);
        }
    }

    /// <inheritdoc/>
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear)
    {
        linear.Clear();
        if (TEnergy.HasField)
        {
            Rows.AddScaled((float)-TEnergy.FieldWeight, problem.Fields.Slice(head * Stride, Stride), linear);
        }

        if (TEnergy.HasTokenPenalties)
        {
            int first = TEnergy.TokenPenaltiesPerHead ? head : 0;
            Rows.AddScaled(1, TokenPenaltyTable<TEnergy>.Tokens.AsSpan(first * Stride, Stride), linear);
        }
    }
}

/// <summary>The sum of all penalties of pairs by position, as a table made once: in time and memory that grow with the pairs.</summary>
internal static class PairPenaltyTable<TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    /// <summary>The energy of selecting two tokens of one head together, [heads or 1, tokens, stride].</summary>
    public static readonly float[] Pairs = !TEnergy.HasPairPenalties ? [] : PositionTable.OfPairs<float>(
        TEnergy.PairPenaltiesPerHead ? TEnergy.Heads : 1, TEnergy.Tokens, true,
        static (h, i, j) => i == j ? 0 : Pair(h, Math.Min(i, j), Math.Max(i, j)));

    private static double Pair(int head, int first, int second)
    {
        double sum = 0;
        for (int p = 0; p < TEnergy.PositionPenaltyCount; p++)
        {
            sum += TEnergy.IsOfPairs(p) ? TEnergy.PairPenalty(p, head, first, second) : 0;
        }

        return sum;
    }
}

/// <summary>The sum of all penalties of single tokens by position, as a table made once; apart from that of pairs, which models
/// whose couplings are kept as features never make.</summary>
internal static class TokenPenaltyTable<TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    /// <summary>The energy of selecting a token, [heads or 1, stride].</summary>
    public static readonly float[] Tokens = !TEnergy.HasTokenPenalties ? [] : PositionTable.OfTokens<float>(
        TEnergy.TokenPenaltiesPerHead ? TEnergy.Heads : 1, TEnergy.Tokens, Token);

    private static double Token(int head, int token)
    {
        double sum = 0;
        for (int p = 0; p < TEnergy.PositionPenaltyCount; p++)
        {
            sum += TEnergy.IsOfPairs(p) ? 0 : TEnergy.TokenPenalty(p, head, token);
        }

        return sum;
    }
}
