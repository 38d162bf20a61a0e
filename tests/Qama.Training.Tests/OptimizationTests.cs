using Qama.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

public class OptimizationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Adam_equals_the_algorithm_of_the_paper_written_out_for_each_number(double decay)
    {
        var matrix = new Parameter<double>("Matrix", 2, 3);
        var vector = new Parameter<double>("Vector", 4);
        var adam = new Adam<double>(
            [new("Matrix", matrix), new("Vector", vector)],
            new AdamOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = decay });
        double[] theta = [.. Enumerable.Range(0, 10).Select(i => Math.Cos(i))];
        theta[..6].CopyTo(matrix.Value);
        theta[6..].CopyTo(vector.Value);
        var m = new double[10];
        var v = new double[10];
        for (int t = 1; t <= 25; t++)
        {
            double rate = 0.01 * t;
            for (int i = 0; i < 10; i++)
            {
                double g = Math.Sin(t * (i + 1));
                (i < 6 ? ref matrix.Gradient[i] : ref vector.Gradient[i - 6]) = g;
                m[i] = 0.8 * m[i] + (1 - 0.8) * g;
                v[i] = 0.95 * v[i] + (1 - 0.95) * g * g;
                double mHat = m[i] / (1 - Math.Pow(0.8, t));
                double vHat = v[i] / (1 - Math.Pow(0.95, t));
                theta[i] -= rate * (mHat / (Math.Sqrt(vHat) + 1e-6) + (i < 6 ? decay : 0) * theta[i]);
            }

            adam.Step(rate);
        }

        Assert.Equal(25, adam.Steps);
        double[] actual = [.. matrix.Value, .. vector.Value];
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(theta[i], actual[i], 1e-12);
        }
    }

    [Fact]
    public void Adam_refuses_settings_out_of_range()
    {
        Assert.Throws<ArgumentException>(() => new Adam<float>([], new AdamOptions { Beta1 = 1 }));
        Assert.Throws<ArgumentException>(() => new Adam<float>([], new AdamOptions { Beta2 = double.NaN }));
        Assert.Throws<ArgumentException>(() => new Adam<float>([], new AdamOptions { Epsilon = 0 }));
        Assert.Throws<ArgumentException>(() => new Adam<float>([], new AdamOptions { WeightDecay = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam<float>([]).Step(double.NaN));
    }

    [Fact]
    public void The_cosine_schedule_rises_to_the_peak_and_falls_to_the_end()
    {
        LearningRate rate = LearningRate.Cosine(0.01, warmUp: 0.1, final: 0.001);
        Assert.Equal(0.001, rate.At(1, 100), 1e-12);
        Assert.Equal(0.01, rate.At(10, 100), 1e-12);
        Assert.Equal(0.0055, rate.At(55, 100), 1e-12);
        Assert.Equal(0.001, rate.At(100, 100), 1e-12);
        Assert.Equal(0.01, LearningRate.Cosine(0.01, warmUp: 0).At(0, 100), 1e-12);
        Assert.Equal(0.01, LearningRate.Cosine(0.01).At(1, 1));
        Assert.Equal(0.5, LearningRate.Constant(0.5).At(3, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRate.Constant(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRate.Cosine(1, warmUp: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRate.Cosine(1, final: 2));
    }

    [Fact]
    public void Clipping_scales_the_whole_gradient_to_the_largest_norm_and_leaves_shorter_ones_alone()
    {
        var a = new Parameter<float>("A", 2);
        var b = new Parameter<float>("B", 1);
        NamedParameter<float>[] parameters = [new("A", a), new("B", b)];
        (a.Gradient[0], a.Gradient[1], b.Gradient[0]) = (2, 3, 6);
        Assert.Equal(7, GradientClipping.ClipNorm(parameters, 10), 1e-6);
        Assert.Equal(6, b.Gradient[0]);
        Assert.Equal(7, GradientClipping.ClipNorm(parameters, 3.5), 1e-6);
        Assert.Equal([1f, 1.5f], a.Gradient.ToArray());
        Assert.Equal(3f, b.Gradient[0]);
        a.Gradient[0] = float.NaN;
        Assert.True(double.IsNaN(GradientClipping.ClipNorm(parameters, 1)));
        Assert.Equal(3f, b.Gradient[0]);
    }
}
