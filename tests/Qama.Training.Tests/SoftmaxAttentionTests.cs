using System.Numerics;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

/// <summary>Softmax heads of more tokens than a strip has queries, against their definition in double.</summary>
public class SoftmaxAttentionTests
{
    [Theory]
    [InlineData(64, 1, 16)]
    [InlineData(65, 2, 5)]
    [InlineData(150, 3, 8)]
    [InlineData(193, 1, 20)]
    public void Values_and_gradients_of_many_tokens_are_those_of_the_definition(int tokens, int heads, int dim)
    {
        Check<double>(tokens, heads, dim, 1e-12);
        Check<float>(tokens, heads, dim, 5e-6);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(5, 4)]
    public void Bits_do_not_depend_on_threads(int batch, int heads)
    {
        float[] expected = Run(threads: 1);
        Assert.Equal(expected, Run(threads: 2));
        Assert.Equal(expected, Run(threads: 3));
        Assert.Equal(expected, Run(threads: 8));

        float[] Run(int threads)
        {
            var module = new AttentionHeads<float>(70, heads, 12);
            (Activations<float> input, Activations<float> slopes) = Inputs(module, batch);
            var output = new Activations<float>(batch, module.OutputShape);
            var gradient = new Activations<float>(batch, module.InputShape);
            module.Allocate(batch, threads);
            module.Forward(input, output, new BatchInfo(batch));
            module.Backward(input, slopes, gradient);
            return [.. output.Values, .. gradient.Values];
        }
    }

    [Fact]
    public void Memory_grows_with_the_tokens_not_with_their_square()
    {
        long few = Memory(1000), many = Memory(8000);
        Assert.InRange(many, few, 9 * few);

        static long Memory(int tokens)
        {
            var module = new AttentionHeads<float>(tokens, 2, 16);
            long before = GC.GetAllocatedBytesForCurrentThread();
            module.Allocate(1, 1);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Probabilities_are_those_of_samples_of_the_last_pass()
    {
        var module = new AttentionHeads<double>(66, 2, 4);
        (Activations<double> input, _) = Inputs(module, 3);
        module.Allocate(3, 1);
        module.Forward(input, new Activations<double>(3, module.OutputShape), new BatchInfo(2));
        Assert.Equal(1, Enumerable.Range(0, 66).Sum(j => module.Probability(1, 1, 65, j)), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>("sample", () => module.Probability(2, 0, 0, 0));
    }

    private static void Check<T>(int tokens, int heads, int dim, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var module = new AttentionHeads<T>(tokens, heads, dim);
        (Activations<T> input, Activations<T> slopes) = Inputs(module, 1);
        Activations<T> output = new(1, module.OutputShape), gradient = new(1, module.InputShape);
        module.Allocate(1, 1);
        module.Forward(input, output, new BatchInfo(1));
        module.Backward(input, slopes, gradient);
        for (int h = 0; h < heads; h++)
        {
            double[][] q = Part(input, h), k = Part(input, heads + h), v = Part(input, 2 * heads + h), g = Part(slopes, h);
            double[][] dq = Zeros(), dk = Zeros(), dv = Zeros();
            double[][] y = Part(output, h);
            for (int i = 0; i < tokens; i++)
            {
                double[] p = [.. k.Select(key => Math.Exp(Dot(q[i], key) / Math.Sqrt(dim)))];
                double sum = p.Sum();
                double[] slope = [.. v.Select(value => Dot(g[i], value))];
                double mean = p.Zip(slope, (a, b) => a * b).Sum() / sum;
                var expected = new double[dim];
                for (int j = 0; j < tokens; j++)
                {
                    double share = p[j] / sum, score = share * (slope[j] - mean) / Math.Sqrt(dim);
                    Assert.Equal(share, double.CreateTruncating(module.Probability(0, h, i, j)), tolerance);
                    for (int d = 0; d < dim; d++)
                    {
                        expected[d] += share * v[j][d];
                        dq[i][d] += score * k[j][d];
                        dk[j][d] += score * q[i][d];
                        dv[j][d] += share * g[i][d];
                    }
                }

                Near(expected, y[i], tolerance);
            }

            Near([.. dq.SelectMany(r => r)], [.. Part(gradient, h).SelectMany(r => r)], tolerance);
            Near([.. dk.SelectMany(r => r)], [.. Part(gradient, heads + h).SelectMany(r => r)], tolerance);
            Near([.. dv.SelectMany(r => r)], [.. Part(gradient, 2 * heads + h).SelectMany(r => r)], tolerance);
        }

        double[][] Zeros() => [.. Enumerable.Range(0, tokens).Select(_ => new double[dim])];

        double[][] Part(Activations<T> of, int part) =>
        [
            .. Enumerable.Range(0, tokens).Select(
                t => of.Row(0, t).Slice(part * dim, dim).ToArray().Select(double.CreateTruncating).ToArray()),
        ];
    }

    private static (Activations<T> Input, Activations<T> Slopes) Inputs<T>(Module<T> module, int batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(7);
        return (Of(module.InputShape), Of(module.OutputShape));

        Activations<T> Of(TokenShape shape)
        {
            var result = new Activations<T>(batch, shape);
            for (int s = 0; s < batch; s++)
            {
                result.Set(s, [.. Enumerable.Range(0, shape.Tokens * shape.Width).Select(_ => T.CreateTruncating(2 * random.NextDouble() - 1))]);
            }

            return result;
        }
    }

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
