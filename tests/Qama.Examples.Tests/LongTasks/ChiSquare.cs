namespace Qama.Examples.Tests.LongTasks;

/// <summary>Whether counts are those of a distribution.</summary>
internal static class ChiSquare
{
    /// <summary>Fails where the statistic is five deviations above its mean, by Wilson's and Hilferty's cube root: once
    /// in 3 million seeds.</summary>
    /// <param name="counts">How often each outcome was seen.</param>
    /// <param name="probabilities">How probable each is.</param>
    public static void Check(IReadOnlyList<int> counts, IReadOnlyList<double> probabilities)
    {
        Assert.Equal(probabilities.Count, counts.Count);
        Assert.Equal(1, probabilities.Sum(), 1e-9);
        double n = counts.Sum();
        Assert.All(probabilities, p => Assert.True(n * p >= 10, $"Too few outcomes are expected: {n * p:0.0}."));
        double statistic = counts.Zip(probabilities, (count, p) => Math.Pow(count - n * p, 2) / (n * p)).Sum();
        double freedom = counts.Count - 1, spread = 2 / (9 * freedom);
        double limit = freedom * Math.Pow(1 - spread + 5 * Math.Sqrt(spread), 3);
        Assert.True(
            statistic < limit, $"Chi-square {statistic:0.0} at {freedom} degrees of freedom, expected at most {limit:0.0}.");
    }

    /// <summary>The same for equal probabilities.</summary>
    public static void CheckUniform(IReadOnlyList<int> counts) =>
        Check(counts, [.. counts.Select(_ => 1.0 / counts.Count)]);

    /// <summary>How often each whole number of 0..limit−1 is among values.</summary>
    public static int[] Count(IEnumerable<int> values, int limit)
    {
        var counts = new int[limit];
        foreach (int value in values)
        {
            counts[value]++;
        }

        return counts;
    }
}
