using System.Numerics;
using Qama.Layers;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

/// <summary>Sums over the tokens of a batch, and the optimiser's loop, at sizes that fill blocks and registers and leave a rest.</summary>
public class ParameterGradientTests
{
    private const int Samples = 3;

    [Theory]
    [InlineData(7, 33, 1)]
    [InlineData(210, 17, 40)] // several blocks of tokens, the last one short
    [InlineData(256, 16, 16)]
    public void Sums_over_the_tokens_of_a_batch_are_those_of_a_loop(int tokens, int width, int outputs)
    {
        Check<double>(tokens, width, outputs, 1e-11);
        Check<float>(tokens, width, outputs, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(83)]
    public void Adam_has_the_bits_of_a_loop_over_numbers(int count)
    {
        var random = new Random(2);
        var parameter = new Parameter<float>("P", count);
        var adam = new Adam<float>([new("P", parameter)], new AdamOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6 });
        float[] theta = new float[count], m = new float[count], v = new float[count];
        for (int t = 1; t <= 5; t++)
        {
            float size = (float)(0.01 / (1 - Math.Pow(0.8, t))), correction = (float)(1 / Math.Sqrt(1 - Math.Pow(0.95, t)));
            for (int i = 0; i < count; i++)
            {
                float g = random.NextSingle() - 0.5f;
                parameter.Gradient[i] = g;
                m[i] = (0.8f * m[i]) + ((float)(1 - 0.8) * g);
                v[i] = (0.95f * v[i]) + ((float)(1 - 0.95) * g * g);
                theta[i] -= size * m[i] / ((float.Sqrt(v[i]) * correction) + 1e-6f);
            }

            adam.Step(0.01);
        }

        Assert.Equal(theta, parameter.Value.ToArray());
    }

    private static void Check<T>(int tokens, int width, int outputs, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(4);
        Activations<T> x = Numbers(width), g = Numbers(outputs), slopes = Numbers(width);
        var linear = new Linear<T>(new TokenShape(tokens, width), outputs, seed: 1);
        var norm = new LayerNormalization<T>(new TokenShape(tokens, width));
        Pass(linear, g);
        Pass(norm, slopes);
        double[] weight = new double[outputs * width], bias = new double[outputs], scale = new double[width], shift = new double[width];
        for (int s = 0; s < Samples; s++)
        {
            for (int t = 0; t < tokens; t++)
            {
                double[] row = Doubles(x.Row(s, t)), slope = Doubles(g.Row(s, t)), own = Doubles(slopes.Row(s, t));
                double mean = row.Average(), inverse = 1 / Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-5);
                for (int o = 0; o < outputs; o++)
                {
                    bias[o] += slope[o];
                    for (int c = 0; c < width; c++)
                    {
                        weight[(o * width) + c] += slope[o] * row[c];
                    }
                }

                for (int c = 0; c < width; c++)
                {
                    scale[c] += own[c] * (row[c] - mean) * inverse;
                    shift[c] += own[c];
                }
            }
        }

        Near([.. weight, .. bias], linear);
        Near([.. scale, .. shift], norm);

        // Gradients are added to what there is.
        void Pass(Module<T> module, Activations<T> outputGradient)
        {
            module.Allocate(Samples, 2);
            foreach (NamedParameter<T> parameter in module.Parameters)
            {
                parameter.Parameter.Gradient.Fill(T.One);
            }

            module.Forward(x, new Activations<T>(Samples, module.OutputShape), new BatchInfo(Samples));
            module.Backward(x, outputGradient, null);
        }

        void Near(double[] expected, Module<T> module)
        {
            double[] actual = [.. module.Parameters.SelectMany(p => Doubles(p.Parameter.Gradient))];
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(1 + expected[i], actual[i], tolerance);
            }
        }

        Activations<T> Numbers(int columns)
        {
            var result = new Activations<T>(Samples, new TokenShape(tokens, columns));
            for (int s = 0; s < Samples; s++)
            {
                result.Set(s, [.. Enumerable.Range(0, tokens * columns).Select(_ => T.CreateTruncating(random.NextDouble() - 0.5))]);
            }

            return result;
        }
    }

    private static double[] Doubles<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. values.ToArray().Select(double.CreateTruncating)];
}
