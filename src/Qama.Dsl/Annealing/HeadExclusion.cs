using System.Runtime.CompilerServices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>What head exclusion says to changes of levels.</summary>
internal static unsafe class HeadExclusion<TPlan, TVector>
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    /// <summary>Of 16 tokens of a head that change from one level to another: what the other heads hold of them, times the change.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="counts">The heads' sums of levels; or of bits, one position after the other.</param>
    /// <param name="pitch">From position to position.</param>
    /// <param name="from">Levels before.</param>
    /// <param name="to">Levels after.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Change(float weight, float* counts, int pitch, TVector from, TVector to)
    {
        if (!TPlan.ExclusionOnBits || TPlan.Bits == 1)
        {
            float unit = 1f / ((1 << TPlan.Bits) - 1);
            return TVector.All(weight * unit * unit) * (to - from) * (TVector.Load(counts) - from);
        }

        TVector sum = TVector.Zero;
        for (int b = 0; b < TPlan.Bits; b++)
        {
            TVector old = TVector.Digit(from, b);
            sum += (TVector.Digit(to, b) - old) * (TVector.Load(counts + (b * pitch)) - old);
        }

        return TVector.All(weight) * sum;
    }
}
