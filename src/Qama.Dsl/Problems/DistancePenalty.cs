using System.ComponentModel;

namespace Qama.Problems;

/// <summary>The long-range penalty of two tokens of one head by their distance on the line, d = |i − j|: +w κ(d) where near pairs pay
/// (d &lt; <paramref name="MinDistance"/>), −w κ(d) where far ones are rewarded.</summary>
/// <param name="Form">Whether near pairs pay or far ones are rewarded.</param>
/// <param name="Decay">κ: 1; 1 − d/D near and d/D far; e^(−d/ℓ) near and 1 − e^(−d/ℓ) far, ℓ = MinDistance.</param>
/// <param name="MinDistance">The least distance of far tokens; 0 for no penalty at all.</param>
/// <param name="LargestDistance">D.</param>
/// <param name="Weight">w.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DistancePenalty(
    LongRangeForm Form, Decay Decay, int MinDistance, int LargestDistance, double Weight)
{
    /// <summary>Whether there is a penalty at all.</summary>
    internal bool IsPresent => MinDistance > 0 && Weight != 0;

    /// <summary>The least distance that counts.</summary>
    internal int Gap => Form == LongRangeForm.RewardFar ? MinDistance : 1;

    /// <summary>The largest distance that counts, of those that interact.</summary>
    /// <param name="window">The largest distance of pairs that interact.</param>
    internal int Reach(int window) => Form == LongRangeForm.RewardFar ? window : Math.Min(window, MinDistance - 1);

    /// <summary>From Gap to Reach it is Constant + Linear·d + Decaying·e^(−d/ℓ).</summary>
    internal (double Constant, double Linear, double Decaying) Factors
    {
        get
        {
            bool isNear = Form == LongRangeForm.PenaliseNear;
            double w = isNear ? Weight : -Weight;
            double slope = w / Math.Max(LargestDistance, 1);
            return Decay switch
            {
                Decay.Linear => isNear ? (w, -slope, 0) : (0, slope, 0),
                Decay.Exponential => isNear ? (0, 0, w) : (w, 0, -w),
                _ => (w, 0, 0),
            };
        }
    }

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
