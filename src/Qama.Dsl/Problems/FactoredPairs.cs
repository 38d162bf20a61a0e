namespace Qama.Problems;

/// <summary>What pairs say to the tokens of a head whose couplings are kept as features, in double and in time that grows with the tokens:
/// sums over what interacts with a token follow it along the line.</summary>
internal static class FactoredPairs<TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    /// <summary>Whether all pairs interact, by nothing but products of features.</summary>
    public static bool AreProducts => !HasDistances && !HasBlocks && TEnergy.CouplingWindow == 0;

    private static bool HasDistances => TEnergy.LongRange.IsPresent;

    private static bool HasBlocks => TEnergy.CouplingBlock > 0;

    private static int Window => TEnergy.CouplingWindow > 0 ? TEnergy.CouplingWindow : TEnergy.Tokens;

    /// <summary>Adds Σ_j of −2 w_J J[i,j] s_j and of the long-range penalty, over the j ≠ i that interact with i.</summary>
    /// <param name="problem">The coefficients; checked.</param>
    /// <param name="head">The head.</param>
    /// <param name="stride">Length of a row of features.</param>
    /// <param name="s">The weights of the tokens present.</param>
    /// <param name="fields">Receives a number for each.</param>
    public static void AddFields(
        in FactoredView problem, int head, int stride, ReadOnlySpan<double> s, Span<double> fields)
    {
        double factor = -TEnergy.CouplingWeight * problem.Scales[head];
        double shift = -2 * TEnergy.CouplingWeight * problem.ShiftOf(head);
        int block = HasBlocks ? TEnergy.CouplingBlock : Math.Max(s.Length, 1);
        for (int start = 0; start < s.Length; start += block)
        {
            int count = Math.Min(block, s.Length - start);
            ReadOnlySpan<double> own = s.Slice(start, count);
            Span<double> result = fields.Slice(start, count);
            for (int d = 0; d < problem.Rank; d++)
            {
                int at = (((head * problem.Rank) + d) * stride) + start;
                AddProducts(factor, problem.Rows.Slice(at, count), problem.Columns.Slice(at, count), own, result);
            }

            if (shift != 0)
            {
                AddShift(shift, own, result);
            }

            if (HasDistances)
            {
                AddDistances(own, result, backwards: false);
                AddDistances(own, result, backwards: true);
            }
        }
    }

    private static void AddProducts(
        double factor, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<double> s, Span<double> fields)
    {
        double sumA = 0, sumB = 0;
        int end = 0;
        for (int i = 0; i < s.Length; i++)
        {
            for (; end < s.Length && end - i <= Window; end++)
            {
                sumA += s[end] * a[end];
                sumB += s[end] * b[end];
            }

            int gone = i - Window - 1;
            if (gone >= 0)
            {
                sumA -= s[gone] * a[gone];
                sumB -= s[gone] * b[gone];
            }

            fields[i] += factor * ((a[i] * (sumB - (s[i] * b[i]))) + (b[i] * (sumA - (s[i] * a[i]))));
        }
    }

    private static void AddShift(double shift, ReadOnlySpan<double> s, Span<double> fields)
    {
        double sum = 0;
        int end = 0;
        for (int i = 0; i < s.Length; i++)
        {
            for (; end < s.Length && end - i <= Window; end++)
            {
                sum += s[end];
            }

            sum -= i > Window ? s[i - Window - 1] : 0;
            fields[i] += shift * (sum - s[i]);
        }
    }

    // Of the tokens on one side of each, at distances from gap to reach: κ = constant + linear·d + decay·e^(−d/ℓ).
    private static void AddDistances(ReadOnlySpan<double> s, Span<double> fields, bool backwards)
    {
        DistancePenalty penalty = TEnergy.LongRange;
        (int gap, int reach) = (penalty.Gap, penalty.Reach(Window));
        (double constant, double linear, double decay) = penalty.Factors;
        double step = Math.Exp(-1.0 / penalty.MinDistance);
        double atGap = Math.Exp(-(double)gap / penalty.MinDistance);
        double beyond = Math.Exp(-(reach + 1.0) / penalty.MinDistance);
        if (reach < gap)
        {
            return;
        }

        double count = 0, distance = 0, decayed = 0;
        for (int k = 0; k < s.Length; k++)
        {
            distance += count;
            decayed *= step;
            if (k >= gap)
            {
                double entering = s[At(k - gap, s.Length)];
                (count, distance, decayed) = (count + entering, distance + (gap * entering), decayed + (atGap * entering));
            }

            if (k > reach)
            {
                double leaving = s[At(k - reach - 1, s.Length)];
                (count, distance, decayed) =
                    (count - leaving, distance - ((reach + 1) * leaving), decayed - (beyond * leaving));
            }

            fields[At(k, s.Length)] += (constant * count) + (linear * distance) + (decay * decayed);
        }

        int At(int k, int length) => backwards ? length - 1 - k : k;
    }
}
