using Qama.Layers;
using Qama.Sampling;

namespace Qama.Generators.Tests.Layers;

public class ExpectationTests
{
    private const int Reads = 20000;

    private static readonly Operator _declared = new()
    {
        Name = "Tiny", Tokens = 3, Heads = 1, HeadDim = 2, Width = 3, CouplingWeight = 0.7, Importance = Importance.ValueProjection,
        FieldWeight = 0.5, FieldScale = TermScale.Tokens, Readout = ReadoutKind.Expectation, Reads = Reads, Temperature = 0.8, LayerNorm = true,
    };

    private static readonly CompiledOperators<double> _compiled = new([_declared]);

    [Fact]
    public void With_reads_in_proportion_the_gradient_is_that_of_the_enumerated_expectation()
    {
        QuboAttentionLayer<double> layer = _compiled.Create(_declared, 4);
        LayerWorkspace<double> workspace = layer.CreateWorkspace(1);
        double[] input = [0.3, -1, 0.6, 1.2, 0.1, -0.4, -0.8, 0.5, 0.9], outputGradient = [1, -0.5, 0.3, 0.8, -1.1, 0.4];
        byte[][] all = [.. Enumerable.Range(0, 8).Select(code => new[] { (byte)(code & 1), (byte)(code >> 1 & 1), (byte)(code >> 2) })];
        var literal = new LiteralLayer(_declared, name => layer.Parameters[name].Value.ToArray(), _ => []);
        double[] probabilities = Probabilities();
        int[] counts = [.. probabilities.Select(p => (int)Math.Round(p * Reads))];
        counts[Array.IndexOf(counts, counts.Max())] += Reads - counts.Sum();
        byte[][] reads = [.. all.Zip(counts).SelectMany(pair => Enumerable.Repeat(pair.First, pair.Second))];
        var output = new double[6];
        layer.Forward(input, output, workspace, new GivenSelections([reads]));
        layer.Backward(outputGradient, new double[9], workspace);

        foreach (Parameter<double> parameter in layer.Parameters)
        {
            double[] gradient = parameter.Gradient.ToArray();
            double scale = 0.05 + gradient.Max(Math.Abs);
            for (int k = 0; k < parameter.Length; k++)
            {
                var direction = new double[parameter.Length];
                direction[k] = 1;
                double expected = CentralDifferences.Along(
                    direction, new Tensor(() => parameter.Value.ToArray(), values => values.CopyTo(parameter.Value)), Mean);

                // Proportions are rounded to 1 / Reads.
                Assert.InRange(gradient[k], expected - 2e-3 * scale, expected + 2e-3 * scale);
            }
        }

        double[] Probabilities()
        {
            double[] weights = [.. literal.Energies([input, input, input], [all], [3])[0].Select(e => Math.Exp(-e / _declared.Temperature))];
            return [.. weights.Select(w => w / weights.Sum())];
        }

        double Mean() => Probabilities().Zip(all, (p, state) => p * literal.Forward([input, input, input], [[state]], [3])
            .Zip(outputGradient, (y, g) => y * g).Sum()).Sum();
    }

    [Fact]
    public void A_sampler_without_temperature_is_refused()
    {
        QuboAttentionLayer<double> layer = _compiled.Create(_declared);
        var error = Assert.Throws<NotSupportedException>(() =>
            layer.Forward(new double[9], new double[6], layer.CreateWorkspace(1), new FixedSampler([0, 0, 0])));
        Assert.Contains("temperature 0.8", error.Message, StringComparison.Ordinal);
    }
}
