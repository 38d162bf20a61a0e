using System.ComponentModel;

namespace Qama.Problems;

/// <summary>The long-range penalty of two tokens of one head by their distance on the line, d = |i − j|: +w κ(d) where near pairs pay
/// (d &lt; <paramref name="MinDistance"/>), −w κ(d) where far ones are rewarded.</summary>
/// <param name="Form">Whether near pairs pay or far ones are rewarded.</param>
/// <param name="Decay">κ: 1; 1 − d/D near and d/D far; e^(−d/ℓ) near and 1 − e^(−d/ℓ) far, ℓ = MinDistance.</param>
/// <param name="MinDistance">Where far begins; 0 for no penalty at all.</param>
/// <param name="LargestDistance">D.</param>
/// <param name="Weight">w.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DistancePenalty(
    LongRangeForm Form, Decay Decay, int MinDistance, int LargestDistance, double Weight)
{
    /// <summary>The energy of s s' = 1 of two tokens.</summary>
    /// <param name="distance">d, 1 or more.</param>
    public double Of(int distance)
    {
        bool isNear = distance < MinDistance;
        if (isNear != (Form == LongRangeForm.PenaliseNear))
        {
            return 0;
        }

        double near = Decay switch
        {
            Decay.Linear => 1 - ((double)distance / Math.Max(LargestDistance, 1)),
            Decay.Exponential => Math.Exp(-(double)distance / MinDistance),
            _ => 1,
        };
        return isNear ? Weight * near : -Weight * (Decay == Decay.Constant ? 1 : 1 - near);
    }
}
