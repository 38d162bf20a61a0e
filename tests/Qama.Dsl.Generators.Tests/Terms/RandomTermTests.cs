using Microsoft.CodeAnalysis;
using Qama.Generators.Declarations;
using Qama.Generators.Energy;
using Qama.Model;

namespace Qama.Generators.Tests.Terms;

/// <summary>Random terms, compiled: kernels against the methods called directly, gradients against central differences,
/// proved bounds against sampled values.</summary>
public class RandomTermTests
{
    private const int Count = 80, Tokens = 5, Heads = 2, Dim = 3;

    private static readonly string[] _bodies = [.. Enumerable.Range(0, Count).Select(n => new RandomTerm(new Random(n)).Body())];
    private static readonly string[] _sources = [.. _bodies.Select((body, n) => RandomTerm.Class(n, body))];

    private delegate void Couplings<T>(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> a, ReadOnlySpan<T> w, Span<T> couplings);

    [Fact]
    public void Kernels_agree_with_the_methods_called_directly_and_values_are_within_their_bounds()
    {
        using var single = new TermModel<float>(_sources);
        using var precise = new TermModel<double>(_sources);
        var random = new Random(1);
        for (int n = 0; n < Count; n++)
        {
            float[] q = Numbers(random, Tokens * Heads * Dim), k = Numbers(random, Tokens * Heads * Dim);
            float[] a = Numbers(random, Heads), w = Numbers(random, Dim);
            var actual = new float[Heads * Tokens * Tokens];
            single.Method<Couplings<float>>("R" + n, "ComputeCouplings")(q, k, a, w, actual);
            var twin = new double[actual.Length];
            precise.Method<Couplings<double>>("R" + n, "ComputeCouplings")(Wide(q), Wide(k), Wide(a), Wide(w), twin);
            System.Reflection.MethodInfo term = single.Method("R" + n, "Term");
            Interval bounds = Bounds(single.Run.Output, n);
            for (int h = 0; h < Heads; h++)
            {
                for (int i = 0; i < Tokens; i++)
                {
                    for (int j = i + 1; j < Tokens; j++)
                    {
                        float Call(int x, int y) =>
                            (float)term.Invoke(null, [Row(q, h, x), Row(k, h, y), new TokenPair(x, y, h), a[h], new Vec(w)])!;

                        float one = Call(i, j), other = Call(j, i);
                        float expected = (one + other) / 2;
                        double scale = 1 + Math.Abs(one) + Math.Abs(other);
                        int entry = (h * Tokens + i) * Tokens + j;
                        Assert.True(Math.Abs(expected - actual[entry]) <= 2e-5 * scale, $"{_bodies[n]}: {expected} {actual[entry]}");
                        Assert.True(Math.Abs(expected - twin[entry]) <= 2e-5 * scale, $"{_bodies[n]}: {expected} {twin[entry]}");
                        Assert.True(bounds.Low - 1e-4 * scale <= one && one <= bounds.High + 1e-4 * scale, $"{_bodies[n]}: {one} not in {bounds}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Gradients_are_central_differences()
    {
        using var model = new TermModel<double>(_sources);
        for (int n = 0; n < Count; n++)
        {
            var random = new Random(n);
            QuboAttentionLayer<double> layer = model.Create("R" + n);
            foreach (Parameter<double> parameter in layer.Parameters)
            {
                // Equal elements would sit on the corner of a maximum.
                for (int i = 0; i < parameter.Length; i++)
                {
                    parameter.Value[i] += 0.3 * (random.NextDouble() - 0.5);
                }
            }

            new HeldLoss(layer, random).AssertGradients(random, 2e-6, _bodies[n]);
        }
    }

    private static Interval Bounds(Compilation compilation, int number) => ModelBounds.Coupling(ModelSpecification.Resolve(
        DeclarationReader.Read(compilation.GetTypeByMetadataName("R" + number)!, new CompiledBodies(compilation, default), default)));

    private static Vec Row(float[] features, int head, int token) =>
        new(features.AsSpan(token * Heads * Dim + head * Dim, Dim).ToArray());

    private static float[] Numbers(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => 2 * random.NextSingle() - 1)];

    private static double[] Wide(float[] values) => [.. values.Select(x => (double)x)];
}
