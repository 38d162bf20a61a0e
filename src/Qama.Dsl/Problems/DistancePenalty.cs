using System.ComponentModel;
using System.Numerics;

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

    /// <summary>target_i += unit Σ_j κ(i, j) s_j over the tokens j of i's block and window, in time that grows with the tokens.</summary>
    internal void AddSums<T>(double unit, int window, int block, ReadOnlySpan<T> s, Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int size = block > 0 ? block : Math.Max(s.Length, 1);
        for (int first = 0; first < s.Length && IsPresent; first += size)
        {
            int count = Math.Min(size, s.Length - first);
            AddSums(unit, window, s.Slice(first, count), target.Slice(first, count), backwards: false);
            AddSums(unit, window, s.Slice(first, count), target.Slice(first, count), backwards: true);
        }
    }

    // Of the tokens on one side of each, at distances from Gap to Reach: sums follow the token along the line.
    private void AddSums<T>(double unit, int window, ReadOnlySpan<T> s, Span<T> target, bool backwards)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int gap, int reach) = (Gap, Reach(window > 0 ? window : s.Length));
        if (reach < gap)
        {
            return;
        }

        (double constant, double linear, double decay) = Factors;
        double step = Math.Exp(-1.0 / MinDistance);
        double atGap = Math.Exp(-(double)gap / MinDistance), beyond = Math.Exp(-(reach + 1.0) / MinDistance);
        double count = 0, distance = 0, decayed = 0;
        for (int k = 0; k < s.Length; k++)
        {
            distance += count;
            decayed *= step;
            if (k >= gap)
            {
                double entering = double.CreateTruncating(s[At(k - gap, s.Length)]);
                (count, distance, decayed) = (count + entering, distance + (gap * entering), decayed + (atGap * entering));
            }

            if (k > reach)
            {
                double leaving = double.CreateTruncating(s[At(k - reach - 1, s.Length)]);
                (count, distance, decayed) =
                    (count - leaving, distance - ((reach + 1.0) * leaving), decayed - (beyond * leaving));
            }

            target[At(k, s.Length)] += T.CreateTruncating(
                unit * ((constant * count) + (linear * distance) + (decay * decayed)));
        }

        int At(int k, int length) => backwards ? length - 1 - k : k;
    }
}
