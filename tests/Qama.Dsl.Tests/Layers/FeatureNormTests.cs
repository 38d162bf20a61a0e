using Qama.Layers;
using Qama.Numerics;

namespace Qama.Tests.Layers;

/// <summary>Moments of couplings kept as features, against two passes over all pairs.</summary>
public class FeatureNormTests
{
    private const int Rank = 3, Heads = 2, Tokens = 21, Stride = 32;
    private const double Factor = 0.6;

    private static readonly ModelDescriptor _model = new()
    {
        Name = "Normalised", Tokens = Tokens, EmbeddingDim = 6, HeadCount = Heads, HeadDim = Rank, SelectionBits = 1, SlackCount = 0,
        SpinCount = 0, HasField = false, HasLayerNorm = false, HasProjection = false, HasProjectionBias = false, Terms = [],
        Learnables = [], NormalizesCouplings = true, CouplingFactor = Factor,
    };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1e5, 1)] // the mean of couplings is ten billion times their deviations
    [InlineData(0, 1e-3)]
    [InlineData(-30, 1e-2)]
    public void Mean_and_variance_do_not_cancel(double mean, double deviation)
    {
        var random = new RandomStream(5);
        double[] a = Features(), b = Features();
        foreach (int count in new[] { Tokens, 7, 3, 1, 0 })
        {
            var norm = new HeadNorm<double>("CouplingNorm", Heads);
            var moments = new HeadNormPass<double>(norm, 1);
            var pass = new FeatureNormPass<double>(moments, _model, workers: 1);
            pass.Measure(0, new SampleBuffers<double> { RowFeatures = a, ColumnFeatures = b, TokenCount = count }, 0);
            moments.Combine(1, LayerMode.Training);
            for (int h = 0; h < Heads; h++)
            {
                decimal[] pairs = [.. from i in Enumerable.Range(0, count) from j in Enumerable.Range(0, count) where i != j select Pair(h, i, j)];
                decimal average = pairs.DefaultIfEmpty().Average();
                double variance = (double)pairs.Select(x => (x - average) * (x - average)).DefaultIfEmpty().Average();
                Assert.Equal((double)average, moments.Mean(h), 1e-12 * Math.Max(1, Math.Abs((double)average)));
                double inverse = 1 / Math.Sqrt(variance + 1e-5);
                Assert.Equal(inverse, moments.Inverse(h), 1e-9 * inverse);
            }
        }

        double[] Features() => [.. Enumerable.Range(0, Heads * Rank * Stride).Select(_ => mean + (deviation * random.NextNormal()))];

        decimal Pair(int h, int i, int j)
        {
            decimal sum = 0;
            for (int r = 0; r < Rank; r++)
            {
                int row = ((h * Rank) + r) * Stride;
                sum += ((decimal)a[row + i] * (decimal)b[row + j]) + ((decimal)b[row + i] * (decimal)a[row + j]);
            }

            return (decimal)(0.5 * Factor) * sum;
        }
    }
}
