using Layer = Qama.Tests.Layers.HandwrittenLayer<double>;

namespace Qama.Tests.Layers;

/// <summary>
/// The mean of Σ y·G over the Boltzmann distribution of <see cref="HandwrittenLayer{T}"/>'s energy, by enumeration of the
/// states of one sample's first two tokens.
/// </summary>
internal sealed class LiteralExpectation(LayerRun<double> run, double temperature, bool symmetric, double[]? mask)
{
    private const int N = Layer.N, H = Layer.H, D = Layer.D, Present = 2;

    /// <summary>All states of the present tokens.</summary>
    public static byte[][] States { get; } = [.. Enumerable.Range(0, 1 << (H * Present * 2)).Select(code =>
    {
        var state = new byte[Layer.Variables];
        for (int k = 0; k < H * Present * 2; k++)
        {
            int head = k / (Present * 2);
            state[head * N * 2 + k % (Present * 2)] = (byte)(code >> k & 1);
        }

        return state;
    })];

    public double[] Probabilities()
    {
        double[] weights = [.. States.Select(s => Math.Exp(-Evaluate(s).Energy / temperature))];
        double total = weights.Sum();
        return [.. weights.Select(w => w / total)];
    }

    public double Mean() => Probabilities().Zip(States, (p, s) => p * Evaluate(s).Loss).Sum();

    private (double Energy, double Loss) Evaluate(byte[] state)
    {
        double energy = 0, loss = 0;
        double[] g = run.Layer.Parameters["EnergyToValue"].Value.ToArray();
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < Present; i++)
            {
                double own = Weight(state, h, i);
                double field = Enumerable.Range(0, D).Sum(d => At(2, i, h, d) * g[d]);
                double coupled = Enumerable.Range(0, Present).Sum(j => Coupling(h, i, j) * Weight(state, h, j));
                energy -= own * (Layer.Descriptor.FieldWeight * field + Layer.Descriptor.CouplingWeight * coupled);
                for (int d = 0; d < D; d++)
                {
                    loss -= own * (field + coupled) * g[d] * run.OutputGradient[(i * H + h) * D + d];
                }
            }
        }

        return (energy, loss);
    }

    private double Coupling(int h, int i, int j) =>
        i == j ? (symmetric ? 0 : Product(h, i, j))
        : mask is not null && mask[i * Layer.Stride + j] == 0 ? 0
        : symmetric ? (Product(h, i, j) + Product(h, j, i)) / 2
        : Product(h, i, j);

    private double Product(int h, int i, int j) => Enumerable.Range(0, D).Sum(d => At(0, i, h, d) * At(1, j, h, d)) / Math.Sqrt(D);

    private double At(int role, int i, int h, int d) => run.Inputs[role][(i * H + h) * D + d];

    private static double Weight(byte[] state, int h, int i) => (state[(h * N + i) * 2] + 2 * state[(h * N + i) * 2 + 1]) / 3.0;
}
