#if QAMA_DOUBLE
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Golden.Tests;

/// <summary>Every gradient of declared layers equals central differences, the selection held fixed.</summary>
public class DeclaredGradientTests
{
    private const int Batch = 3;
    private const double Step = 1e-6;

    public static TheoryData<string> Models =>
        [nameof(CouplingOnly), nameof(SecondVersion), nameof(Overridden), nameof(SoftBudget), nameof(Windowed), nameof(Selected), nameof(NormalisedDivergence)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_are_central_differences(string name)
    {
        QuboAttentionLayer<double> layer = name switch
        {
            nameof(CouplingOnly) => new CouplingOnly(2),
            nameof(SecondVersion) => new SecondVersion(2),
            nameof(Overridden) => new Overridden(2),
            nameof(SoftBudget) => new SoftBudget(2),
            nameof(Windowed) => new Windowed(2),
            nameof(Selected) => new Selected(2),
            _ => new NormalisedDivergence(2),
        };
        ModelDescriptor model = layer.Model;
        var random = new Random(5);
        double[] input = Numbers(Batch * model.Tokens * model.EmbeddingDim);
        double[] weights = Numbers(Batch * model.Tokens * model.OutputDim);
        int[] counts = [model.Tokens, model.Tokens - 1, model.Tokens];
        var sampler = new FixedSampler([.. Enumerable.Range(0, Batch).Select(State)]);
        foreach (Parameter<double> parameter in layer.Parameters)
        {
            Numbers(parameter.Length).CopyTo(parameter.Value);
        }

        LayerWorkspace<double> workspace = layer.CreateWorkspace(Batch);
        var output = new double[weights.Length];
        var inputGradient = new double[input.Length];
        Loss();
        layer.Backward(weights, inputGradient, workspace);
        Check("input", input, inputGradient);
        foreach (Parameter<double> parameter in layer.Parameters)
        {
            Check(parameter.Name, parameter.Value, parameter.Gradient);
        }

        double Loss()
        {
            layer.Forward(input, output, workspace, sampler, counts);
            return output.Zip(weights, (y, w) => y * w).Sum();
        }

        void Check(string what, Span<double> values, ReadOnlySpan<double> gradient)
        {
            double scale = 1e-3;
            foreach (double g in gradient)
            {
                scale = Math.Max(scale, Math.Abs(g));
            }

            for (int i = 0; i < values.Length; i++)
            {
                double value = values[i];
                values[i] = value + Step;
                double above = Loss();
                values[i] = value - Step;
                double below = Loss();
                values[i] = value;
                double difference = (above - below) / (2 * Step);
                Assert.True(
                    Math.Abs(difference - gradient[i]) <= 1e-6 * scale + 1e-8,
                    $"{name}, {what}[{i}]: gradient {gradient[i]:G9}, central difference {difference:G9}.");
            }
        }

        byte[] State(int sample) => [.. Enumerable.Range(0, model.VariableCount)
            .Select(v => (byte)(v / model.SelectionBits % model.Tokens < counts[sample] ? random.Next(2) : 0))];

        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }
}
#endif
