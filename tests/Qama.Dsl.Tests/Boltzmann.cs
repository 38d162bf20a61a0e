using Qama.Problems;

namespace Qama.Tests;

/// <summary>Compares reads with the Boltzmann distribution that enumeration gives.</summary>
public static class Boltzmann
{
    /// <summary>Pearson's chi-square over all states of problem 0, those expected fewer than 5 times merged.</summary>
    public static void AssertDistribution(ProblemBatch batch, SampleSet reads)
    {
        int states = 1 << batch.VariableCount;
        double[] weights = [.. Enumerable.Range(0, states)
            .Select(code => Math.Exp(-batch.Energy(0, RandomProblems.State(code, batch.VariableCount)) / reads.Temperature!.Value))];
        double total = weights.Sum();
        var observed = new int[states];
        for (int r = 0; r < reads.ReadCount; r++)
        {
            observed[RandomProblems.Code(reads.State(0, r))]++;
        }

        (double chi, int cells, double rareExpected, int rareObserved) = (0, 0, 0, 0);
        for (int s = 0; s < states; s++)
        {
            double expected = reads.ReadCount * weights[s] / total;
            if (expected < 5)
            {
                rareExpected += expected;
                rareObserved += observed[s];
                continue;
            }

            chi += Math.Pow(observed[s] - expected, 2) / expected;
            cells++;
        }

        if (rareExpected >= 1)
        {
            chi += Math.Pow(rareObserved - rareExpected, 2) / rareExpected;
            cells++;
        }

        // Mean k and variance 2k: six standard deviations are far in the tail, and a wrong chain is off by far more.
        int freedom = cells - 1;
        double limit = freedom + 6 * Math.Sqrt(2.0 * freedom);
        Assert.True(chi < limit, $"chi-square {chi:F1} over {freedom} degrees of freedom, limit {limit:F1}");
    }
}
