namespace Qama.Problems;

/// <summary>What pairs say to the tokens of a head whose couplings are kept as features, in double and in time that grows with the tokens:
/// sums over what interacts with a token follow it along the line.</summary>
internal static class FactoredPairs<TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    /// <summary>Whether all pairs interact, by nothing but products of features.</summary>
    public static bool AreProducts =>
        !TEnergy.LongRange.IsPresent && TEnergy.CouplingBlock == 0 && TEnergy.CouplingWindow == 0;

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
        var neighbours = new TokenNeighbours(TEnergy.CouplingWindow, TEnergy.CouplingBlock);
        for (int d = 0; d < problem.Rank; d++)
        {
            int at = ((head * problem.Rank) + d) * stride;
            ReadOnlySpan<float> a = problem.Rows.Slice(at, s.Length), b = problem.Columns.Slice(at, s.Length);
            neighbours.AddProducts(factor, a, b, s, fields);
            neighbours.AddProducts(factor, b, a, s, fields);
            for (int i = 0; i < s.Length; i++)
            {
                fields[i] -= 2 * factor * a[i] * b[i] * s[i]; // a token says nothing to itself
            }
        }

        if (shift != 0)
        {
            double[] sums = new double[s.Length];
            neighbours.Sum(s, sums);
            for (int i = 0; i < s.Length; i++)
            {
                fields[i] += shift * (sums[i] - s[i]);
            }
        }

        TEnergy.LongRange.AddSums(1, TEnergy.CouplingWindow, TEnergy.CouplingBlock, s, fields);
    }
}
