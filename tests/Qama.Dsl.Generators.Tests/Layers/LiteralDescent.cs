using Qama.Problems;

namespace Qama.Generators.Tests.Layers;

/// <summary>From the selection of a pass down to a local minimum of its problem nudged by a multiple of the loss's slope: of all flips the
/// one that lowers the energy most, until none does.</summary>
internal static class LiteralDescent
{
    public static byte[] Run(LayerCase<double> run, int sample, double[][] slopes, double amount)
    {
        Operator o = run.Declared;
        ProblemBatch problems = run.Workspace.Problems;
        double unit = Math.Pow(2, o.Bits) - 1;
        byte[] state = [.. run.States[sample][0]];
        double energy = Energy();
        while (true)
        {
            int best = -1;
            double lowest = energy - 1e-5;
            for (int v = 0; v < state.Length; v++)
            {
                if (v / o.Bits % o.Tokens >= run.TokenCounts[sample])
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

        double Energy() => problems.Energy(sample, state) + amount * Enumerable.Range(0, state.Length).Sum(v =>
            slopes[v / o.Bits / o.Tokens][v / o.Bits % o.Tokens] * state[v] * (1 << (v % o.Bits)) / unit);
    }
}
