using Qama.Problems;

namespace Qama.Generators.Tests.Layers;

/// <summary>From the selection of a pass down to a local minimum of its problem nudged by a multiple of the loss's slope: of all flips the
/// one that lowers the energy most, until none does.</summary>
internal static class LiteralDescent
{
    /// <param name="problems">The problems.</param>
    /// <param name="problem">Which of them.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="costs">The slope of the loss by every bit; null for bits that are not there.</param>
    /// <param name="amount">What costs are multiplied by.</param>
    public static byte[] Run(ProblemBatch problems, int problem, byte[] start, double?[] costs, double amount)
    {
        byte[] state = [.. start];
        double energy = Energy();
        while (true)
        {
            int best = -1;
            double lowest = energy - 1e-5;
            for (int v = 0; v < state.Length; v++)
            {
                if (costs[v] is null)
                {
                    continue;
                }

                state[v] ^= 1;
                double now = Energy();
                state[v] ^= 1;
                if (now < lowest)
                {
                    (best, lowest) = (v, now);
                }
            }

            if (best < 0)
            {
                return state;
            }

            state[best] ^= 1;
            energy = Energy();
        }

        double Energy() => problems.Energy(problem, state) + (amount * state.Select((x, v) => x * (costs[v] ?? 0)).Sum());
    }
}
