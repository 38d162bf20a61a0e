using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

public class LayerValueTests
{
    [Fact]
    public void Linear_computes_x_times_the_transposed_weight_plus_bias()
    {
        var shape = new TokenShape(2, 3);
        var linear = new Linear<double>(shape, 2, seed: 1);
        double[] w = [1, 2, 3, -1, 0.5, 4];
        w.CopyTo(linear.Weight.Value);
        linear.Bias!.Value[0] = 10;
        linear.Bias.Value[1] = 20;
        Assert.Equal([1 + 4 + 9 + 10, -1 + 1 + 12 + 20, 10 + 3, 20 + 4], Apply(linear, [1, 2, 3, 0, 0, 1]));
    }

    [Fact]
    public void Layer_normalisation_equals_its_definition()
    {
        double[] x = [1, 2, 4, 9, -3, 0.5, 0.25, 8];
        double[] y = Apply(new LayerNormalization<double>(new TokenShape(2, 4)), x);
        for (int t = 0; t < 2; t++)
        {
            double[] row = x[(4 * t)..(4 * t + 4)];
            double mean = row.Average();
            double variance = row.Average(v => (v - mean) * (v - mean));
            for (int c = 0; c < 4; c++)
            {
                Assert.Equal((row[c] - mean) / Math.Sqrt(variance + 1e-5), y[4 * t + c], 1e-12);
            }
        }
    }

    [Fact]
    public void Gelu_equals_its_tanh_form_and_survives_large_arguments()
    {
        double[] x = [-1000, -50, -3, -0.5, 0, 0.5, 3, 1000];
        double[] y = Apply(new Gelu<double>(new TokenShape(1, 8)), x);
        for (int i = 0; i < x.Length; i++)
        {
            double expected = 0.5 * x[i] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
            Assert.Equal(expected, y[i], 1e-12);
        }
    }

    [Fact]
    public void Attention_heads_equal_a_scalar_softmax_attention()
    {
        const int N = 5, H = 2, D = 3, E = H * D;
        var x = new double[N * 3 * E];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = Math.Sin(1.7 * i * i + i);
        }

        var heads = new AttentionHeads<double>(N, H, D);
        double[] y = Apply(heads, x);
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                double[] p = [.. Enumerable.Range(0, N).Select(j => Math.Exp(
                    Enumerable.Range(0, D).Sum(d => x[i * 3 * E + h * D + d] * x[j * 3 * E + E + h * D + d]) / Math.Sqrt(D)))];
                for (int d = 0; d < D; d++)
                {
                    double expected = Enumerable.Range(0, N).Sum(j => p[j] * x[j * 3 * E + 2 * E + h * D + d]) / p.Sum();
                    Assert.Equal(expected, y[i * E + h * D + d], 1e-12);
                }

                Assert.Equal(p[2] / p.Sum(), heads.Probability(0, h, i, 2), 1e-12);
            }
        }
    }

    [Fact]
    public void Softmax_of_huge_scores_stays_finite()
    {
        double[] x = [.. Enumerable.Range(0, 3 * 3).Select(i => 1e4 * (i % 3 - 1))];
        Assert.All(Apply(new AttentionHeads<double>(3, 1, 1), x), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void Sinusoidal_positions_follow_the_paper()
    {
        double[] y = Apply(PositionalEmbedding<double>.Sinusoidal(new TokenShape(3, 4)), new double[12]);
        Assert.Equal([0, 1, 0, 1], y[..4]);
        Assert.Equal(Math.Sin(2), y[8], 1e-15);
        Assert.Equal(Math.Cos(2), y[9], 1e-15);
        Assert.Equal(Math.Sin(2 / 100.0), y[10], 1e-15);
    }

    [Fact]
    public void Pooling_takes_means_and_concatenation_keeps_all()
    {
        double[] x = [1, 2, 3, 4, 5, 6];
        Assert.Equal([3, 4], Apply(new MeanPooling<double>(new TokenShape(3, 2)), x).Select(v => Math.Round(v, 12)));
        Assert.Equal(x, Apply(new TokenConcatenation<double>(new TokenShape(3, 2)), x));
    }

    [Fact]
    public void Cross_entropy_equals_minus_the_log_of_the_right_class_probability()
    {
        var logits = new Activations<double>(2, new TokenShape(1, 3));
        logits.Set(0, [1, 2, 3]);
        logits.Set(1, [1000, 0, 0]);
        (double loss, int correct) = SoftmaxCrossEntropy.Compute(logits, [2, 1]);
        double first = -Math.Log(Math.Exp(3) / (Math.Exp(1) + Math.Exp(2) + Math.Exp(3)));
        Assert.Equal((first + 1000) / 2, loss, 1e-9);
        Assert.Equal(1, correct);
        Assert.Throws<ArgumentException>(() => SoftmaxCrossEntropy.Compute(logits, [3]));
    }

    private static double[] Apply(Module<double> module, double[] x)
    {
        module.Allocate(1, 1);
        var input = new Activations<double>(1, module.InputShape);
        var output = new Activations<double>(1, module.OutputShape);
        input.Set(0, x);
        module.Forward(input, output, new BatchInfo(1));
        var y = new double[module.OutputShape.Tokens * module.OutputShape.Width];
        output.Get(0, y);
        return y;
    }
}
