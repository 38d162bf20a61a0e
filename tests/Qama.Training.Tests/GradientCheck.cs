using Qama.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

/// <summary>Compares a module's gradients with central differences of its forward pass, in double.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;
    private const double Tolerance = 1e-6;
    private static readonly BatchInfo _batch = new(3, 5, 7);

    /// <summary>The loss is Σ w ∘ y with random w; checks ∂L/∂input and ∂L/∂parameters for a batch of three.</summary>
    public static void Run(Module<double> module, int seed = 1)
    {
        var random = new RandomStream((ulong)seed);
        module.Allocate(_batch.Count + 1, 2);
        Activations<double> input = Random(module.InputShape, ref random);
        Activations<double> weights = Random(module.OutputShape, ref random);
        foreach (NamedParameter<double> parameter in module.Parameters)
        {
            // Away from special values such as γ = 1, β = 0.
            foreach (ref double value in parameter.Parameter.Value)
            {
                value += 0.3 * random.NextNormal();
            }
        }

        var output = new Activations<double>(_batch.Count, module.OutputShape);
        var inputGradient = new Activations<double>(_batch.Count, module.InputShape);
        double[] garbage = [.. Enumerable.Repeat(double.NaN, module.InputShape.Tokens * module.InputShape.Width)];
        for (int s = 0; s < _batch.Count; s++)
        {
            inputGradient.Set(s, garbage);
        }

        module.Forward(input, output, _batch);
        module.Backward(input, weights, inputGradient);
        AssertPaddingIsZero(output);
        AssertPaddingIsZero(inputGradient);

        for (int s = 0; s < _batch.Count; s++)
        {
            for (int t = 0; t < module.InputShape.Tokens; t++)
            {
                Compare($"input[{s},{t}]", input.Row(s, t), inputGradient.Row(s, t), Loss);
            }
        }

        Assert.All(module.Parameters, p => Assert.NotEqual(0, p.Parameter.Gradient.ToArray().Sum(Math.Abs)));
        foreach (NamedParameter<double> parameter in module.Parameters)
        {
            Compare(parameter.Name, parameter.Parameter.Value, parameter.Parameter.Gradient, Loss);
        }

        double Loss()
        {
            module.Forward(input, output, _batch);
            double sum = 0;
            for (int i = 0; i < output.Values.Length; i++)
            {
                sum += output.Values[i] * weights.Values[i];
            }

            return sum;
        }
    }

    private static Activations<double> Random(TokenShape shape, ref RandomStream random)
    {
        var result = new Activations<double>(_batch.Count, shape);
        var values = new double[shape.Tokens * shape.Width];
        for (int s = 0; s < _batch.Count; s++)
        {
            foreach (ref double value in values.AsSpan())
            {
                value = random.NextNormal();
            }

            result.Set(s, values);
        }

        return result;
    }

    private static void Compare(string name, Span<double> values, ReadOnlySpan<double> gradient, Func<double> loss)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double original = values[i];
            values[i] = original + Step;
            double above = loss();
            values[i] = original - Step;
            double below = loss();
            values[i] = original;
            double expected = (above - below) / (2 * Step);
            Assert.True(
                Math.Abs(expected - gradient[i]) <= Tolerance * Math.Max(1, Math.Abs(expected)),
                $"{name}[{i}]: differences {expected}, gradient {gradient[i]}");
        }
    }

    private static void AssertPaddingIsZero(Activations<double> activations)
    {
        for (int i = 0; i < activations.Values.Length; i++)
        {
            if (i % activations.Stride >= activations.Shape.Width)
            {
                Assert.Equal(0, activations.Values[i]);
            }
        }
    }
}
