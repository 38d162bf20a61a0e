using System.Runtime.CompilerServices;
using Qama.Contract;
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
            SumPenaltyShape shape = penalty.Shape;
            table[0] = (float)shape.Direction;
            table[1] = (float)penalty.Target;
            table[2] = (float)(shape.Linear * penalty.Weight);
            table[3] = (float)(shape.Square * penalty.Weight);
            table[4] = (float)shape.Floor;
        }
    }

    /// <summary>All penalties together at 16 values of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Evaluate<TLanes>(float* table, TLanes sum)
        where TLanes : struct, ILanes16<TLanes>
    {
        TLanes total = TLanes.Create(0);
        for (int c = 0; c < TPlan.SumPenaltyCount; c++, table += Entry)
        {
            TLanes g = table[0] * (sum - TLanes.Create(table[1]));
            TLanes square = TLanes.Max(g, TLanes.Create(table[4]));
            total += table[2] * g + table[3] * square * square;
        }

        return total;
    }
}
