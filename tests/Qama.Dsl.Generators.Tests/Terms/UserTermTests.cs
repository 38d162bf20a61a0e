using Qama.Layers;

namespace Qama.Generators.Tests.Terms;

public class UserTermTests
{
    private const int Tokens = 6, Heads = 2, Dim = 3, Columns = 3;

    /// <summary>Every kind of term, on a grid, with learnables of every shape.</summary>
    private const string Everything = """
        using System;
        using Qama;
        [QuboAttention(Tokens = 6, EmbeddingDim = 6)]
        [Heads(2)]
        [Grid(2, 3)]
        [Coupling(Similarity.Cosine, Weight = 0.7)]
        public sealed partial class M
        {
            private const float Scale = 0.5f;
            private static readonly float Shift = Scale / 4f;

            [CouplingTerm(Weight = 2)]
            static float Affinity(Vec q, Vec k, TokenPair pair, [Learnable(0.1)] float slope)
                => Vec.Dot(q, k) / MathF.Sqrt(q.Length) - slope * MathF.Log(1f + pair.Distance);

            [CouplingTerm]
            static float Gaussian(Vec q, Vec k, [Learnable(0.8, PerHead = true)] float width, [Learnable(1)] Vec scale, TokenPair pair)
            {
                Vec difference = scale * (q - k);
                float square = Vec.SquaredNorm(difference);
                if (pair.RowDifference == 0 && pair.Head == 1)
                {
                    return Scale * MathF.Exp(-width * square);
                }

                square += Shift;
                return pair.I % 2 == pair.J % 2 ? Near(square) : -Near(2f * square) * pair.ColumnDifference;
            }

            static float Near(float square) => 1f / (1f + square);

            [CouplingTerm(Weight = 0.3)]
            static float Bounded(Vec q, Vec k) => MathF.Tanh(Vec.Max(q) * Vec.Min(k)) + Vec.Norm(q - k)
                + Vec.Sum(Vec.Softmax(q) * Vec.Sigmoid(k)) + (Vec.Mean(q) > 0f ? Vec.LogSumExp(k) : MathF.Abs(Vec.Sum(k)));

            [FieldTerm(Weight = 0.2)]
            static float Salience(Vec v, TokenPosition position, [Learnable(0.5, PerHead = true)] Vec weights)
                => MathF.Tanh(Vec.Sum(v * v)) + Vec.Dot(weights, v) / (1f + position.Column) + (position.Head == 0 ? 0f : Vec.Mean(Vec.Relu(v)));

            [PairTerm(Weight = 0.3)]
            static float Locality(TokenPair pair) => MathF.Exp(-pair.Distance / 4f) * (pair.Head + 1) - (pair.J - pair.I) / 2;

            [TokenTerm(Weight = 0.4)]
            static float Early(TokenPosition position) => position.Index switch { 0 => 1f, < 3 => 0.5f, _ => -0.25f * position.Row };
        }
        """;

    [Fact]
    public void Couplings_are_the_methods_called_for_every_pair()
    {
        using var model = new TermModel<float>(Everything);
        QuboAttentionLayer<float> layer = model.Create("M");
        float slope = layer.Parameters["Affinity.Slope"].Value[0];
        float[] width = layer.Parameters["Gaussian.Width"].Value.ToArray();
        Assert.Equal([1f, 1f, 1f], layer.Parameters["Gaussian.Scale"].Value.ToArray());
        Assert.Equal(0.1f, slope);
        Assert.Equal([0.8f, 0.8f], width);
        width[1] = 1.3f;
        var scale = new Vec(0.9f, 1.1f, -0.4f);
        var random = new Random(5);
        float[] q = Numbers(random, Tokens * Heads * Dim), k = Numbers(random, Tokens * Heads * Dim);
        var actual = new float[Heads * Tokens * Tokens];
        var compute = model.Method<Couplings>("M", "ComputeCouplings");
        compute(q, k, [slope], width, [0.9f, 1.1f, -0.4f], actual);

        double Similarity(int h, int i, int j)
        {
            Vec a = Row(q, h, i), b = Row(k, h, j);
            TokenPair pair = TokenPair.OnGrid(i, j, Columns, h);
            return Vec.Dot(a, b) / (Vec.Norm(a) * Vec.Norm(b) + 1e-6)
                + 2 * (float)model.Method("M", "Affinity").Invoke(null, [a, b, pair, slope])!
                + (float)model.Method("M", "Gaussian").Invoke(null, [a, b, width[h], scale, pair])!
                + 0.3 * (float)model.Method("M", "Bounded").Invoke(null, [a, b])!;
        }

        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < Tokens; i++)
            {
                for (int j = 0; j < Tokens; j++)
                {
                    double expected = i == j ? 0 : (Similarity(h, i, j) + Similarity(h, j, i)) / 2;
                    Assert.Equal(expected, actual[(h * Tokens + i) * Tokens + j], 2e-5);
                }
            }
        }
    }

    [Fact]
    public void Fields_are_the_methods_called_for_every_token()
    {
        using var model = new TermModel<float>(Everything);
        var random = new Random(6);
        float[] v = Numbers(random, Tokens * Heads * Dim), weights = Numbers(random, Heads * Dim);
        var actual = new float[Heads * Tokens];
        model.Method<TermModel<float>.TwoVectors>("M", "ComputeFields")(v, weights, actual);
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < Tokens; i++)
            {
                object[] arguments = [Row(v, h, i), TokenPosition.OnGrid(i, Columns, h), new Vec(weights.AsSpan(h * Dim, Dim).ToArray())];
                float expected = 0.2f * (float)model.Method("M", "Salience").Invoke(null, arguments)!;
                Assert.Equal(expected, actual[h * Tokens + i], 1e-5);
            }
        }
    }

    [Fact]
    public void The_energy_counts_pair_terms_once_per_pair_and_token_terms_once_per_token()
    {
        using var model = new TermModel<float>(Everything);
        var assemble = model.Method<Assembly>("M", "AssembleQubo");
        var random = new Random(7);
        Ising.QuboMatrix qubo = assemble(new float[Heads * Tokens * Tokens], new float[Heads * Tokens]);
        for (int trial = 0; trial < 200; trial++)
        {
            byte[] state = [.. Enumerable.Range(0, Heads * Tokens).Select(_ => (byte)random.Next(2))];
            double expected = 0;
            for (int h = 0; h < Heads; h++)
            {
                for (int i = 0; i < Tokens; i++)
                {
                    double s = state[h * Tokens + i];
                    expected += 0.4 * s * (float)model.Method("M", "Early").Invoke(null, [TokenPosition.OnGrid(i, Columns, h)])!;
                    for (int j = i + 1; j < Tokens; j++)
                    {
                        expected += 0.3 * s * state[h * Tokens + j]
                            * (float)model.Method("M", "Locality").Invoke(null, [TokenPair.OnGrid(i, j, Columns, h)])!;
                    }
                }
            }

            Assert.Equal(expected, qubo.Energy(state), 1e-5);
        }
    }

    [Fact]
    public void The_annealer_sees_the_same_energy()
    {
        using var model = new TermModel<float>(Everything);
        QuboAttentionLayer<float> layer = model.Create("M");
        LayerWorkspace<float> workspace = layer.CreateWorkspace(4, threads: 1);
        float[] input = Numbers(new Random(8), 4 * Tokens * 6);
        var output = new float[4 * Tokens * 6];
        layer.Forward(input, output, workspace, new Sampling.ExactSampler());
        double[] exact = [.. Enumerable.Range(0, 4).Select(p => workspace.Samples.Energy(p, 0))];
        layer.Forward(input, output, workspace, new Sampling.SimulatedAnnealingSampler { Sweeps = 200, Restarts = 4 });
        double[] annealed = [.. Enumerable.Range(0, 4).Select(p => workspace.Samples.Energy(p, 0))];
        for (int p = 0; p < 4; p++)
        {
            Assert.Equal(exact[p], annealed[p], 1e-5);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[Readout(ReadoutKind.SelectedAttention)]")]
    [InlineData("[Mask(MaskPattern.Window, Size = 1)]")]
    public void Gradients_of_inputs_and_learnables_are_central_differences(string attributes)
    {
        using var model = new TermModel<double>(Everything.Replace("[Grid(2, 3)]", "[Grid(2, 3)] " + attributes, StringComparison.Ordinal));
        QuboAttentionLayer<double> layer = model.Create("M");
        var random = new Random(9);
        foreach (Parameter<double> parameter in layer.Parameters)
        {
            for (int i = 0; i < parameter.Length; i++)
            {
                parameter.Value[i] += 0.2 * (random.NextDouble() - 0.5);
            }
        }

        var loss = new HeldLoss(layer, random);
        loss.AssertGradients(random, 1e-7, attributes);
        Assert.All(loss.Gradients()[1..], gradient => Assert.Contains(gradient, g => g != 0));
    }

    [Fact]
    public void Jensen_Shannon_and_value_entropy_as_terms_give_the_bits_of_the_built_in_ones()
    {
        const string Source = """
            using Qama;
            [QuboAttention(Tokens = 6, EmbeddingDim = 6)] [Heads(2)]
            [Coupling(Similarity.JensenShannon)] [Field(Importance.ValueEntropy)]
            public sealed partial class BuiltIn;

            [QuboAttention(Tokens = 6, EmbeddingDim = 6)] [Heads(2)]
            public sealed partial class Written
            {
                const float Epsilon = 1e-6f;

                [CouplingTerm]
                static float Divergence(Vec q, Vec k)
                {
                    Vec p = Vec.Softmax(q), r = Vec.Softmax(k);
                    Vec middle = 0.5f * (p + r) + Epsilon;
                    return 0.5f * Vec.Sum(p * Vec.Log2(p / middle + Epsilon)) + 0.5f * Vec.Sum(r * Vec.Log2(r / middle + Epsilon));
                }

                [FieldTerm]
                static float Entropy(Vec v)
                {
                    Vec u = Vec.Clamp(v / (Vec.Sum(v) + Epsilon), Epsilon, 1f);
                    return Vec.Sum(-(u * Vec.Log2(u)));
                }
            }
            """;
        using var model = new TermModel<float>(Source);
        var random = new Random(10);
        float[] q = Numbers(random, Tokens * Heads * Dim), k = Numbers(random, Tokens * Heads * Dim);
        Same<TermModel<float>.TwoVectors>("ComputeCouplings", Heads * Tokens * Tokens, (f, result) => f(q, k, result));
        Same<OneVector>("ComputeFields", Heads * Tokens, (f, result) => f([.. q.Select(Math.Abs)], result));

        void Same<TDelegate>(string method, int length, Action<TDelegate, float[]> call)
            where TDelegate : Delegate
        {
            float[] builtIn = new float[length], written = new float[length];
            call(model.Method<TDelegate>("BuiltIn", method), builtIn);
            call(model.Method<TDelegate>("Written", method), written);
            Assert.Contains(builtIn, x => x != 0);
            Assert.Equal(builtIn, written);
        }
    }

    private delegate void Couplings(
        ReadOnlySpan<float> query, ReadOnlySpan<float> key, ReadOnlySpan<float> slope, ReadOnlySpan<float> width,
        ReadOnlySpan<float> scale, Span<float> result);

    private delegate void OneVector(ReadOnlySpan<float> value, Span<float> fields);

    private delegate Ising.QuboMatrix Assembly(ReadOnlySpan<float> couplings, ReadOnlySpan<float> fields);

    private static Vec Row(float[] features, int head, int token) =>
        new(features.AsSpan(token * Heads * Dim + head * Dim, Dim).ToArray());

    private static float[] Numbers(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => 2 * random.NextSingle() - 1)];
}
