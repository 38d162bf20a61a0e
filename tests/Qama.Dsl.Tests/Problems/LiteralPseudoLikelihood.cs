using Qama.Problems;

namespace Qama.Tests.Problems;

/// <summary>Σ log P(x_v | all others) over the reads of a batch, with P from the energies of both states.</summary>
internal sealed class LiteralPseudoLikelihood(ProblemBatch batch, SampleSet samples)
{
    private readonly double[][] _costs =
    [
        .. Enumerable.Range(0, batch.Count * samples.ReadCount).Select(row => Costs(
            batch, row / samples.ReadCount, samples.State(row / samples.ReadCount, row % samples.ReadCount).ToArray())),
    ];

    /// <summary>Of all reads but one, or of all.</summary>
    public double Of(double beta, int without = -1)
    {
        double sum = 0;
        for (int row = 0; row < _costs.Length; row++)
        {
            sum -= row == without ? 0 : _costs[row].Sum(cost => Math.Log(1 + Math.Exp(-beta * cost)));
        }

        return sum;
    }

    /// <summary>The β that maximises it, by golden sections.</summary>
    public double Maximiser(double low, double high, int without = -1)
    {
        double ratio = (Math.Sqrt(5) - 1) / 2;
        for (int step = 0; step < 60; step++)
        {
            double a = high - (ratio * (high - low)), b = low + (ratio * (high - low));
            (low, high) = Of(a, without) > Of(b, without) ? (low, b) : (a, high);
        }

        return (low + high) / 2;
    }

    private static double[] Costs(ProblemBatch batch, int problem, byte[] state)
    {
        double energy = batch.Energy(problem, state);
        return [.. Enumerable.Range(0, state.Length).Where(v => batch.IsPresent(problem, v)).Select(v =>
        {
            state[v] ^= 1;
            double cost = batch.Energy(problem, state) - energy;
            state[v] ^= 1;
            return cost;
        })];
    }
}
