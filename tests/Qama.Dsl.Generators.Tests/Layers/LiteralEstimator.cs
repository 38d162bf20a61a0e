using Qama.Layers;

namespace Qama.Generators.Tests.Layers;

/// <summary>The gradient of an estimator from its definition: that of Σ y·G with the selections held, and of −Σ a E(s) over its statistics
/// (a, s), which the test gives. Coefficients, norms and projections are those of <see cref="LiteralLayer"/>.</summary>
internal sealed class LiteralEstimator(LayerCase<double> run)
{
    private readonly Dictionary<byte[], double[][]> _real = new(ReferenceEqualityComparer.Instance);
    private readonly List<(int Sample, double Factor, byte[] State)> _statistics = [];

    private LiteralLayer Literal => run.LiteralWith(state => _real.GetValueOrDefault(state));

    public void Add(int sample, double factor, byte[] state) => _statistics.Add((sample, factor, state));

    /// <summary>A statistic of real weights, [head][token].</summary>
    public void Add(int sample, double factor, double[][] weights)
    {
        byte[] stand = new byte[run.Layer.Model.VariableCount];
        _real[stand] = weights;
        Add(sample, factor, stand);
    }

    /// <summary>What gradients are the derivatives of.</summary>
    public double Value()
    {
        double value = Dot(Literal.Forward(run.Input, run.States, run.TokenCounts));
        foreach ((double[] energies, int index) in Literal.Energies(run.Input, States(), run.TokenCounts).Select((e, b) => (e, b)))
        {
            value -= _statistics.Where(s => s.Sample == index).Zip(energies, (s, e) => s.Factor * e).Sum();
        }

        return value;

        byte[][][] States() => [.. Enumerable.Range(0, run.Batch)
            .Select(b => _statistics.Where(s => s.Sample == b).Select(s => s.State).ToArray())];
    }

    /// <summary>∂(Σ y·G)/∂s of one read as if the output were the mean of equal reads, [head][token], by differences of the definition.</summary>
    public double[][] Slopes(int sample, int read)
    {
        Operator declared = run.Declared;
        byte[] state = run.States[sample][read];
        double unit = Math.Pow(2, declared.Bits) - 1;
        double[][] weights = [.. Enumerable.Range(0, declared.Heads).Select(h => Enumerable.Range(0, declared.Tokens).Select(i =>
            Enumerable.Range(0, declared.Bits).Sum(b => state[((h * declared.Tokens) + i) * declared.Bits + b] << b) / unit).ToArray())];
        _real[state] = weights;
        var slopes = new double[declared.Heads][];
        double[] here = Output();
        for (int h = 0; h < declared.Heads; h++)
        {
            slopes[h] = new double[declared.Tokens];
            for (int i = 0; i < run.TokenCounts[sample]; i++)
            {
                double[] slope = LiteralSlope.Of(
                    Output, here, ref weights[h][i], declared.Readout == ReadoutKind.SelectedAttention);

                // Other reads have no part in it.
                slopes[h][i] = Dot(slope) * run.States[sample].Length;
            }
        }

        _real.Remove(state);
        return slopes;

        double[] Output() => Literal.Forward(run.Input, run.States, run.TokenCounts);
    }

    private double Dot(double[] output) => output.Zip(run.OutputGradient, (y, g) => y * g).Sum();
}
