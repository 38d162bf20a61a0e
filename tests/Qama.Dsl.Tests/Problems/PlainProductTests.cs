using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Tests.Problems;

/// <summary>Products of a plain problem's couplings with real values, against sums in double; of matrices that fit a
/// cache and of larger ones, which are read on one side of the diagonal only.</summary>
public unsafe class PlainProductTests
{
    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(50, 1, true)]
    [InlineData(64, 0.5, true)]
    [InlineData(201, 0.05, true)]
    [InlineData(1033, 1, false)] // the first sizes beyond 4 MB, with rows that are left over
    [InlineData(1042, 1, false)]
    public void Costs_are_those_of_switching_a_variable_on(int size, double density, bool whole)
    {
        var qubo = new SparseQubo(size, SparseProblems.Terms(size, density, size, whole));
        var random = new RandomStream(2);
        float[] x = [.. Enumerable.Range(0, size).Select(_ => (float)random.NextDouble())];
        float[] costs = Costs(512, qubo, compressed: false, x);
        Assert.Equal(costs, Costs(256, qubo, compressed: false, x));
        Assert.Equal(costs, Costs(128, qubo, compressed: false, x));
        float[] ofCompressed = Costs(512, qubo, compressed: true, x);
        double scale = new FormBatch(qubo, compressed: true).Form.Scale;
        for (int i = 0; i < size; i++)
        {
            double expected = qubo.Linear[i], sizes = Math.Abs(expected);
            for (int k = qubo.RowStarts[i]; k < qubo.RowStarts[i + 1]; k++)
            {
                double product = (double)qubo.Coefficients[k] * x[qubo.Columns[k]];
                expected += product;
                sizes += Math.Abs(product);
            }

            // Sums of n numbers, each rounded: about √n half units of the last place of their size.
            double tolerance = 1e-6 * (1 + sizes);
            Assert.Equal(expected, costs[i] / scale, tolerance);
            Assert.Equal(expected, ofCompressed[i] / scale, tolerance);
            Assert.True(size > 1000 || costs[i] == ofCompressed[i], "forms of one order of additions differ");
        }
    }

    private static float[] Costs(int bits, SparseQubo qubo, bool compressed, float[] x)
    {
        var energy = new StructuredEnergy();
        energy.Load(new FormBatch(qubo, compressed).Form, 0);
        var action = new CostAction(energy, x, new float[energy.PlaneLength]);
        VectorPath.Run<float, CostAction>(bits, ref action);
        return action.Costs;
    }

    private readonly struct CostAction(StructuredEnergy energy, float[] x, float[] costs) : IVectorAction<float>
    {
        public float[] Costs => costs;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float>
        {
            float[] padded = new float[costs.Length];
            x.CopyTo(padded, 0);
            fixed (float* from = padded, to = costs)
            {
                energy.Costs<TVector>(from, to);
            }
        }
    }
}
