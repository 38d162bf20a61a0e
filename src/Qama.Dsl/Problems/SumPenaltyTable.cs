using System.Runtime.CompilerServices;
using Qama.Contract;
using Qama.Ising;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>
/// A penalty on a head's sum in the one form that every kernel evaluates: with g = direction·(S − k),
/// a·g + b·max(g, floor)². Five floats: direction, k, a, b, floor.
/// </summary>
internal static unsafe class SumPenaltyTable
{
    /// <summary>Floats of a penalty.</summary>
    public const int Entry = 5;

    /// <summary>Writes a penalty.</summary>
    public static void Write(in SumPenalty penalty, float* entry)
    {
        SumPenaltyShape shape = penalty.Shape;
        entry[0] = (float)shape.Direction;
        entry[1] = (float)penalty.Target;
        entry[2] = (float)(shape.Linear * penalty.Weight);
        entry[3] = (float)(shape.Square * penalty.Weight);
        entry[4] = (float)shape.Floor;
    }

    /// <summary>A penalty at 16 values of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Evaluate<TVector>(float* entry, TVector sum)
        where TVector : struct, IVector<TVector, float>
    {
        TVector g = TVector.All(entry[0]) * (sum - TVector.All(entry[1]));
        TVector beyond = TVector.MaxNative(g, TVector.All(entry[4]));
        return (TVector.All(entry[2]) * g) + (TVector.All(entry[3]) * beyond * beyond);
    }

    /// <summary>A penalty at one value of the sum.</summary>
    public static float Evaluate(float* entry, float sum)
    {
        float g = entry[0] * (sum - entry[1]);
        float beyond = MathF.Max(g, entry[4]);
        return (entry[2] * g) + (entry[3] * beyond * beyond);
    }
}

/// <summary>The penalties of a plan, in scratch memory: a plan may compute its weights from the whole problem, so they are
/// asked for once per read.</summary>
internal static unsafe class SumPenaltyTable<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    /// <summary>Number of floats.</summary>
    public static int Length => SumPenaltyTable.Entry * TPlan.SumPenaltyCount;

    /// <summary>Writes the table of a problem.</summary>
    public static void Write(in ProblemView problem, float* table)
    {
        for (int c = 0; c < TPlan.SumPenaltyCount; c++)
        {
            SumPenaltyTable.Write(TPlan.GetSumPenalty(c, problem), table + (c * SumPenaltyTable.Entry));
        }
    }

    /// <summary>All penalties together at 16 values of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Evaluate<TVector>(float* table, TVector sum)
        where TVector : struct, IVector<TVector, float>
    {
        TVector total = TVector.Zero;
        for (int c = 0; c < TPlan.SumPenaltyCount; c++, table += SumPenaltyTable.Entry)
        {
            total += SumPenaltyTable.Evaluate(table, sum);
        }

        return total;
    }
}
