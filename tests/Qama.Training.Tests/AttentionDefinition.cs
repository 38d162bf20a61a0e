using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

/// <summary>Attention of heads whose queries, keys and values stand side by side, literally and in double: values and
/// gradients.</summary>
internal static class AttentionDefinition
{
    /// <summary>Compares one sample.</summary>
    /// <param name="module">From [tokens, 3 · heads · dim] to [tokens, heads · dim].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="sees">Whether query i sees key j.</param>
    /// <param name="weight">The weight of a pair from query and key, before weights are divided by their sum, and its two
    /// gradients.</param>
    /// <param name="epsilon">What is added to the sum.</param>
    /// <param name="tolerance">Largest difference.</param>
    /// <param name="share">Also sees every weight after the division: head, query, key.</param>
    public static void Check<T>(
        Module<T> module, int heads, Func<int, int, bool> sees,
        Func<double[], double[], (double Weight, double[] OfQuery, double[] OfKey)> weight, double epsilon, double tolerance,
        Action<int, int, int, double>? share = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int tokens, int dim) = (module.OutputShape.Tokens, module.OutputShape.Width / heads);
        (Activations<T> input, Activations<T> slopes) = (Random<T>(module.InputShape, 1), Random<T>(module.OutputShape, 1));
        Activations<T> output = new(1, module.OutputShape), gradient = new(1, module.InputShape);
        module.Allocate(1, 1);
        module.Forward(input, output, new BatchInfo(1));
        module.Backward(input, slopes, gradient);
        for (int h = 0; h < heads; h++)
        {
            double[][] q = Part(input, h), k = Part(input, heads + h), v = Part(input, 2 * heads + h), g = Part(slopes, h);
            double[][] y = Zeros(), dq = Zeros(), dk = Zeros(), dv = Zeros();
            for (int i = 0; i < tokens; i++)
            {
                int[] seen = [.. Enumerable.Range(0, tokens).Where(j => sees(i, j))];
                (double Weight, double[] OfQuery, double[] OfKey)[] pairs = [.. seen.Select(j => weight(q[i], k[j]))];
                double sum = pairs.Sum(p => p.Weight) + epsilon;
                foreach ((int j, (double own, _, _)) in seen.Zip(pairs))
                {
                    AddTo(y[i], v[j], own / sum);
                    AddTo(dv[j], g[i], own / sum);
                }

                double mean = Dot(g[i], y[i]);
                for (int n = 0; n < seen.Length; n++)
                {
                    double slope = (Dot(g[i], v[seen[n]]) - mean) / sum;
                    AddTo(dq[i], pairs[n].OfQuery, slope);
                    AddTo(dk[seen[n]], pairs[n].OfKey, slope);
                    share?.Invoke(h, i, seen[n], pairs[n].Weight / sum);
                }
            }

            Near(y, Part(output, h));
            Near(dq, Part(gradient, h));
            Near(dk, Part(gradient, heads + h));
            Near(dv, Part(gradient, 2 * heads + h));
        }

        double[][] Zeros() => [.. Enumerable.Range(0, tokens).Select(_ => new double[dim])];

        double[][] Part(Activations<T> of, int part) =>
        [
            .. Enumerable.Range(0, tokens).Select(
                t => of.Row(0, t).Slice(part * dim, dim).ToArray().Select(double.CreateTruncating).ToArray()),
        ];

        void Near(double[][] expected, double[][] actual)
        {
            for (int t = 0; t < tokens; t++)
            {
                for (int d = 0; d < dim; d++)
                {
                    Assert.True(
                        Math.Abs(expected[t][d] - actual[t][d]) <= tolerance * Math.Max(1, Math.Abs(expected[t][d])),
                        $"token {t}, {d}: expected {expected[t][d]}, got {actual[t][d]}");
                }
            }
        }
    }

    /// <summary>exp(q·k / √dim).</summary>
    public static (double Weight, double[] OfQuery, double[] OfKey) Softmax(double[] q, double[] k)
    {
        double scale = 1 / Math.Sqrt(q.Length), weight = Math.Exp(Dot(q, k) * scale);
        return (weight, [.. k.Select(x => x * scale * weight)], [.. q.Select(x => x * scale * weight)]);
    }

    /// <summary>φ(q)·φ(k) with φ(x) = elu(x) + 1.</summary>
    public static (double Weight, double[] OfQuery, double[] OfKey) Linear(double[] q, double[] k)
    {
        double[] p = [.. q.Select(Map)], r = [.. k.Select(Map)];
        return (Dot(p, r), [.. q.Zip(r, (x, other) => Slope(x) * other)], [.. k.Zip(p, (x, other) => Slope(x) * other)]);

        static double Map(double x) => (x > 0 ? x : Math.Exp(x) - 1) + 1;

        static double Slope(double x) => x > 0 ? 1 : Math.Exp(x);
    }

    /// <summary>Numbers in ±1.</summary>
    public static Activations<T> Random<T>(TokenShape shape, int batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(shape.Width);
        var result = new Activations<T>(batch, shape);
        for (int s = 0; s < batch; s++)
        {
            result.Set(s, [.. Enumerable.Range(0, shape.Tokens * shape.Width).Select(_ => T.CreateTruncating(2 * random.NextDouble() - 1))]);
        }

        return result;
    }

    /// <summary>Outputs and gradients of a batch in one row, on some threads.</summary>
    public static float[] Bits(Module<float> module, int batch, int threads)
    {
        (Activations<float> input, Activations<float> slopes) = (Random<float>(module.InputShape, batch), Random<float>(module.OutputShape, batch));
        Activations<float> output = new(batch, module.OutputShape), gradient = new(batch, module.InputShape);
        module.Allocate(batch, threads);
        module.Forward(input, output, new BatchInfo(batch));
        module.Backward(input, slopes, gradient);
        return [.. output.Values, .. gradient.Values];
    }

    private static void AddTo(double[] target, double[] row, double factor)
    {
        for (int d = 0; d < target.Length; d++)
        {
            target[d] += factor * row[d];
        }
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
