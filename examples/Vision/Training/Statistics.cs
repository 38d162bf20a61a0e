using Qama.Numerics;

namespace Qama.Examples.Vision;

/// <summary>How two weightings of the same keys compare.</summary>
internal static class Statistics
{
    /// <summary>Pearson's correlation; 0 where one of them is constant.</summary>
    public static double Correlation(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        (double ab, double aa, double bb) = (0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            (double x, double y) = (a[i] - meanA, b[i] - meanB);
            (ab, aa, bb) = (ab + (x * y), aa + (x * x), bb + (y * y));
        }

        return aa * bb > 0 ? ab / Math.Sqrt(aa * bb) : 0;
    }

    /// <summary>Total variation between weights over their sum and probabilities, 0 to 1; 1 for weights of 0.</summary>
    public static double Distance(double[] weights, double[] probabilities)
    {
        double sum = weights.Sum();
        return sum > 0 ? weights.Zip(probabilities, (w, p) => Math.Abs((w / sum) - p)).Sum() / 2 : 1;
    }

    /// <summary>Shares of independent draws.</summary>
    public static double[] Draw(double[] probabilities, int draws, ref RandomStream random)
    {
        var shares = new double[probabilities.Length];
        for (int d = 0; d < draws; d++)
        {
            double left = random.NextDouble();
            int j = 0;
            while (j < probabilities.Length - 1 && (left -= probabilities[j]) >= 0)
            {
                j++;
            }

            shares[j] += 1.0 / draws;
        }

        return shares;
    }

    /// <summary>Mean overlap of pairs of heads: tokens that both select over tokens that one of them does.</summary>
    /// <param name="weights">Selection weights, [heads, tokens].</param>
    /// <param name="heads">Number of heads, at least 2.</param>
    public static double Overlap(ReadOnlySpan<double> weights, int heads)
    {
        int tokens = weights.Length / heads;
        (double sum, int pairs) = (0, 0);
        for (int a = 0; a < heads; a++)
        {
            for (int b = a + 1; b < heads; b++)
            {
                (double both, double any) = (0, 0);
                for (int t = 0; t < tokens; t++)
                {
                    both += Math.Min(weights[(a * tokens) + t], weights[(b * tokens) + t]);
                    any += Math.Max(weights[(a * tokens) + t], weights[(b * tokens) + t]);
                }

                sum += any > 0 ? both / any : 0;
                pairs++;
            }
        }

        return sum / pairs;
    }

    /// <summary>Entropy of where heads look, over its largest value: 1 where every token is selected by equally many heads, 0 where all
    /// select the same one.</summary>
    /// <param name="weights">Selection weights, [heads, tokens].</param>
    /// <param name="heads">Number of heads.</param>
    public static double Entropy(ReadOnlySpan<double> weights, int heads)
    {
        int tokens = weights.Length / heads;
        var used = new double[tokens];
        for (int n = 0; n < weights.Length; n++)
        {
            used[n % tokens] += weights[n];
        }

        double sum = used.Sum();
        return sum > 0 ? -used.Where(u => u > 0).Sum(u => u / sum * Math.Log(u / sum)) / Math.Log(tokens) : 0;
    }

    /// <summary>Distance on the grid of two tokens of a head, mean over heads and pairs, pairs weighted by both weights; 0 where no head
    /// selects two.</summary>
    /// <param name="weights">Selection weights, [heads, tokens].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="columns">Tokens of a row of the grid.</param>
    public static double PairDistance(ReadOnlySpan<double> weights, int heads, int columns)
    {
        int tokens = weights.Length / heads;
        (double sum, double pairs) = (0, 0);
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<double> own = weights.Slice(h * tokens, tokens);
            for (int a = 0; a < tokens; a++)
            {
                for (int b = 0; b < a && own[a] > 0; b++)
                {
                    double weight = own[a] * own[b];
                    (int rows, int across) = ((a / columns) - (b / columns), (a % columns) - (b % columns));
                    sum += weight * Math.Sqrt((rows * rows) + (across * across));
                    pairs += weight;
                }
            }
        }

        return pairs > 0 ? sum / pairs : 0;
    }
}
