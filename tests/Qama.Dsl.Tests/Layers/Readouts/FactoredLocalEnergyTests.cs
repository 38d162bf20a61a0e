using Qama.Layers;
using Qama.Layers.Readouts;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests.Layers.Readouts;

/// <summary>Local energies of couplings kept as features, and their gradients, against sums over all pairs.</summary>
public class FactoredLocalEnergyTests
{
    private const int Rank = 3, Dim = 2, Stride = 32;

    [Theory]
    [InlineData(19)]
    [InlineData(7)]
    [InlineData(1)]
    [InlineData(0)]
    public void Energies_gradients_and_sums_are_their_definitions(int count)
    {
        Check<AllPairs>(count, withSums: true);
        Check<WithinWindows>(count, withSums: false);
        Check<WithinBlocks>(count, withSums: false);
    }

    private static void Check<TEnergy>(int count, bool withSums)
        where TEnergy : struct, IDeclaredEnergy
    {
        var random = new RandomStream((ulong)count);
        int heads = TEnergy.Heads, n = TEnergy.Tokens;
        double[] scales = [0.7, -1.3], shifts = [0.4, -0.2], generator = [1.5, -0.5], sums = new double[withSums ? 2 * heads : 0];
        double[] a = Normal(heads * Rank * Stride), b = Normal(heads * Rank * Stride), fields = Normal(heads * Stride);
        double[] s = new double[heads * Stride], outputGradient = Normal(n * heads * Dim);
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < count; i++)
            {
                s[(h * Stride) + i] = random.NextInt32(4) / 3.0; // several bits
            }
        }

        double[] aGradient = new double[a.Length], bGradient = new double[b.Length], output = new double[n * heads * Dim];
        var sample = new SampleBuffers<double>
        {
            RowFeatures = a, ColumnFeatures = b, CouplingScales = scales, CouplingShifts = shifts, PairGradientSums = sums, Fields = fields,
            Selection = s, LocalEnergies = new double[s.Length], RowFeaturesGradient = aGradient, ColumnFeaturesGradient = bGradient,
            FieldsGradient = new double[s.Length], Scratch = new double[FactoredLocalEnergy<TEnergy, double>.ScratchLength],
            TokenCount = count,
        };
        var generatorGradient = new double[Dim];
        FactoredLocalEnergy<TEnergy, double>.Read(sample, Rank, generator, weighted: true, output);
        FactoredLocalEnergy<TEnergy, double>.BackwardRead(sample, Rank, generator, weighted: true, outputGradient, generatorGradient);

        double[] expectedA = new double[a.Length], expectedB = new double[b.Length], expectedSums = new double[2 * heads];
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < count; i++)
            {
                double own = s[(h * Stride) + i], energy = 0;
                for (int j = 0; j < count; j++)
                {
                    if (i == j || !Interact<TEnergy>(i, j))
                    {
                        continue;
                    }

                    double other = s[(h * Stride) + j], product = Product(h, i, j);
                    energy += ((scales[h] * product) + shifts[h]) * other;
                    double gradient = -TEnergy.CouplingWeight * 0.5 * own * other * (EnergyGradient(h, i) + EnergyGradient(h, j));
                    expectedSums[2 * h] += gradient;
                    expectedSums[(2 * h) + 1] += gradient * product;
                    for (int d = 0; d < Rank; d++)
                    {
                        expectedA[At(h, d, i)] += gradient * scales[h] * b[At(h, d, j)];
                        expectedB[At(h, d, i)] += gradient * scales[h] * a[At(h, d, j)];
                    }
                }

                energy = -own * ((TEnergy.CouplingWeight * energy) + (TEnergy.FieldWeight * fields[(h * Stride) + i]));
                Assert.Equal(energy, sample.LocalEnergies[(h * Stride) + i], 1e-12);
                Assert.Equal(energy * generator[1], output[(((i * heads) + h) * Dim) + 1], 1e-12);
                Assert.Equal(-TEnergy.FieldWeight * own * EnergyGradient(h, i), sample.FieldsGradient[(h * Stride) + i], 1e-12);
            }
        }

        AssertClose(expectedA, aGradient);
        AssertClose(expectedB, bGradient);
        AssertClose(withSums ? expectedSums : [], sums);
        var slopes = new double[s.Length];
        FactoredLocalEnergy<TEnergy, double>.BackwardSelection(sample, Rank, generator, weighted: true, outputGradient, slopes);
        AssertClose([.. Enumerable.Range(0, s.Length).Select(k => k % Stride < count ? Slope(k / Stride, k % Stride) : 0)], slopes);

        // ∂/∂s_i of Σ_k ε̄_k ε_k.
        double Slope(int h, int i)
        {
            double slope = -TEnergy.FieldWeight * fields[(h * Stride) + i] * EnergyGradient(h, i);
            for (int j = 0; j < count; j++)
            {
                double coupling = j != i && Interact<TEnergy>(i, j) ? TEnergy.CouplingWeight * ((scales[h] * Product(h, i, j)) + shifts[h]) : 0;
                slope -= coupling * s[(h * Stride) + j] * (EnergyGradient(h, i) + EnergyGradient(h, j));
            }

            return slope;
        }

        double EnergyGradient(int h, int i) =>
            Enumerable.Range(0, Dim).Sum(d => outputGradient[(((i * heads) + h) * Dim) + d] * generator[d]);

        double Product(int h, int i, int j) =>
            0.5 * Enumerable.Range(0, Rank).Sum(d => (a[At(h, d, i)] * b[At(h, d, j)]) + (b[At(h, d, i)] * a[At(h, d, j)]));

        double[] Normal(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextNormal())];

        static int At(int h, int d, int i) => (((h * Rank) + d) * Stride) + i;
    }

    private static bool Interact<TEnergy>(int i, int j)
        where TEnergy : struct, IDeclaredEnergy =>
        (TEnergy.CouplingWindow == 0 || Math.Abs(i - j) <= TEnergy.CouplingWindow)
        && (TEnergy.CouplingBlock == 0 || i / TEnergy.CouplingBlock == j / TEnergy.CouplingBlock);

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-11);
        }
    }

    private interface ISmallEnergy : IDeclaredEnergy
    {
        static int IDeclaredEnergy.Tokens => 19;
        static int IDeclaredEnergy.Heads => 2;
        static int IDeclaredEnergy.Bits => 2;
        static double IDeclaredEnergy.CouplingWeight => 0.8;
        static bool IDeclaredEnergy.HasField => true;
        static double IDeclaredEnergy.FieldWeight => 0.3;
    }

    private struct AllPairs : ISmallEnergy;

    private struct WithinWindows : ISmallEnergy
    {
        public static int CouplingWindow => 4;
    }

    private struct WithinBlocks : ISmallEnergy
    {
        public static int CouplingBlock => 5;
    }
}
