using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests.Problems;

/// <summary>Sums over tokens that interact, and masks of written couplings, against every pair.</summary>
public class TokenNeighbourTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(100, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 4)]
    [InlineData(0, 100)]
    [InlineData(2, 5)]
    [InlineData(7, 3)]
    public void Sums_and_masks_are_those_of_pairs(int window, int block)
    {
        var random = new RandomStream(1);
        for (int count = 0; count < 14; count++)
        {
            double[] x = [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())], sums = new double[count];
            var neighbours = new TokenNeighbours(window, block);
            neighbours.Sum<double>(x, sums);
            float[] own = [.. x.Select(a => (float)(a + 1))], partner = [.. x.Select(a => (float)(a * a))];
            double[] products = new double[count];
            neighbours.AddProducts<double>(1.5, own, partner, x, products);
            double[] matrix = [.. Enumerable.Repeat(2.0, 14 * 16)];
            PairMatrix.Interact<double>(matrix, 16, count, window, block, 0.5);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(Enumerable.Range(0, count).Where(j => Interact(i, j)).Sum(j => x[j]), sums[i], 1e-12);
                double product = Enumerable.Range(0, count).Where(j => Interact(i, j)).Sum(j => 1.5 * own[i] * partner[j] * x[j]);
                Assert.Equal(product, products[i], 1e-11);
                Assert.Equal(Enumerable.Range(0, count).Where(j => Interact(i, j)), Range(neighbours.Of(i, count)));
                for (int j = 0; j < count; j++)
                {
                    Assert.Equal(i == j ? 2 : Interact(i, j) ? 2.5 : 0, matrix[(i * 16) + j]);
                }
            }
        }

        static IEnumerable<int> Range((int From, int To) range) => Enumerable.Range(range.From, range.To - range.From);

        bool Interact(int i, int j) => (window == 0 || Math.Abs(i - j) <= window) && (block == 0 || i / block == j / block);
    }
}
