namespace Qama.Examples.CustomTerms;

/// <summary>A term called directly is the reference of its generated kernel.</summary>
internal static class ScalarReference
{
    private const int Tokens = JensenShannonAttention.Tokens;
    private const int Heads = JensenShannonAttention.HeadCount;
    private const int Dim = JensenShannonAttention.HeadDim;

    /// <summary>Largest |kernel − method| over all pairs of all heads, for random queries and keys.</summary>
    public static double LargestDifference(int seed)
    {
        var random = new Random(seed);
        float[] query = Numbers(random), key = Numbers(random);
        var couplings = new float[Heads * Tokens * Tokens];
        JensenShannonAttention.ComputeCouplings(query, key, couplings);
        double largest = 0;
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < Tokens; i++)
            {
                for (int j = 0; j < Tokens; j++)
                {
                    float there = JensenShannonAttention.Divergence(Row(query, h, i), Row(key, h, j));
                    float back = JensenShannonAttention.Divergence(Row(query, h, j), Row(key, h, i));
                    double expected = i == j ? 0 : (there + back) / 2;
                    largest = Math.Max(largest, Math.Abs(expected - couplings[(h * Tokens + i) * Tokens + j]));
                }
            }
        }

        return largest;
    }

    private static Vec Row(float[] features, int head, int token) =>
        new(features.AsSpan((token * Heads + head) * Dim, Dim).ToArray());

    private static float[] Numbers(Random random) =>
        [.. Enumerable.Range(0, Tokens * Heads * Dim).Select(_ => 4 * random.NextSingle() - 2)];
}
