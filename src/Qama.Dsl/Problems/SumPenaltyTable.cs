using System.Runtime.CompilerServices;
using Qama.Ising;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>
/// The penalties on a head's sum in one form: with g = direction·(S − k), a·g + b·max(g, floor)². Five floats each, in
/// scratch memory: a plan may compute its weights from the whole problem, so they are asked for once per read.
/// </summary>
internal static unsafe class SumPenaltyTable<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private const int Entry = 5;

    /// <summary>Number of floats.</summary>
    public static int Length => Entry * TPlan.SumPenaltyCount;

    /// <summary>Writes the table of a problem.</summary>
    public static void Write(in ProblemView problem, float* table)
    {
        for (int c = 0; c < TPlan.SumPenaltyCount; c++, table += Entry)
        {
            SumPenalty penalty = TPlan.GetSumPenalty(c, problem);
            (double direction, double linear, double square, float floor) = penalty.Kind switch
            {
                SumPenaltyKind.Exactly => (1.0, 0.0, 1.0, float.NegativeInfinity),
                SumPenaltyKind.AtMost => (1, 0, 1, 0),
                SumPenaltyKind.AtLeast => (-1, 0, 1, 0),
                SumPenaltyKind.UnbalancedAtMost => (-1, -SumPenalty.UnbalancedLinear, SumPenalty.UnbalancedQuadratic, float.NegativeInfinity),
                SumPenaltyKind.UnbalancedAtLeast => (1, -SumPenalty.UnbalancedLinear, SumPenalty.UnbalancedQuadratic, float.NegativeInfinity),
                _ => throw new ArgumentException($"Unknown penalty {penalty.Kind}.", nameof(problem)),
            };
            table[0] = (float)direction;
            table[1] = (float)penalty.Target;
            table[2] = (float)(linear * penalty.Weight);
            table[3] = (float)(square * penalty.Weight);
            table[4] = floor;
        }
    }

    /// <summary>All penalties together at 16 values of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Evaluate<TVector>(float* table, TVector sum)
        where TVector : struct, IVector<TVector, float>
    {
        TVector total = TVector.Zero;
        for (int c = 0; c < TPlan.SumPenaltyCount; c++, table += Entry)
        {
            TVector g = table[0] * (sum - TVector.All(table[1]));
            TVector square = TVector.MaxNative(g, TVector.All(table[4]));
            total += table[2] * g + table[3] * square * square;
        }

        return total;
    }
}
