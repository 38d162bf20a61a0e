using Qama.Problems;

namespace Qama.Tests.Problems;

/// <summary>Σ log P(x_v | all others) over the reads of a batch, from energies.</summary>
internal static class LiteralPseudoLikelihood
{
    /// <summary>Of all reads but one, or of all.</summary>
    public static double Of(ProblemBatch batch, SampleSet samples, double beta, int without = -1)
    {
        double sum = 0;
        for (int row = 0; row < batch.Count * samples.ReadCount; row++)
        {
            sum += row == without ? 0 : OfRead(batch, row / samples.ReadCount, samples.State(row / samples.ReadCount, row % samples.ReadCount).ToArray(), beta);
        }

        return sum;
    }

    /// <summary>The β that maximises it, by golden sections.</summary>
    public static double Maximiser(ProblemBatch batch, SampleSet samples, double low, double high, int without = -1)
    {
        double ratio = (Math.Sqrt(5) - 1) / 2;
        for (int step = 0; step < 60; step++)
        {
            double a = high - (ratio * (high - low)), b = low + (ratio * (high - low));
            (low, high) = Of(batch, samples, a, without) > Of(batch, samples, b, without) ? (low, b) : (a, high);
        }

        return (low + high) / 2;
    }

    private static double OfRead(ProblemBatch batch, int problem, byte[] state, double beta)
    {
        double sum = 0, energy = batch.Energy(problem, state);
        for (int v = 0; v < state.Length; v++)
        {
            if (batch.IsPresent(problem, v))
            {
                state[v] ^= 1;
                sum -= Math.Log(1 + Math.Exp(-beta * (batch.Energy(problem, state) - energy)));
                state[v] ^= 1;
            }
        }

        return sum;
    }
}
