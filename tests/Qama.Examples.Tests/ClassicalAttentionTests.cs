using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Tests;

/// <summary>One token per head: the energy is the logit of a categorical distribution.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4)]
[Heads(1)]
[Field(Importance.ValueProjection, Weight = 1)]
[Sparsity(Exactly = 1, Weight = 60)]
public sealed partial class OneTokenAttention;

/// <summary>Two tokens per head: couplings begin to matter.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4)]
[Heads(1)]
[Field(Importance.ValueProjection, Weight = 1)]
[Sparsity(Exactly = 2, Weight = 60)]
public sealed partial class TwoTokenAttention;

/// <summary>Attention over selected tokens, without a field.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 8)]
[Heads(2)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class UnbiasedSelectedAttention;

/// <summary>In which sense an energy contains classical attention, shown by enumeration: docs/mathematics.md, "Softmax
/// attention".</summary>
public class ClassicalAttentionTests
{
    private const int Tokens = 6;
    private static readonly float[] _logits = [0.3f, -1.2f, 2.1f, 0.9f, -0.4f, 1.5f];

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(1, true)] // no pair is ever selected, so couplings say nothing
    public void One_token_at_a_temperature_is_chosen_with_softmax_probabilities(double temperature, bool coupled)
    {
        double[] p = Distribution<OneTokenAttention>(Couplings(coupled ? 1 : 0), temperature);
        double total = _logits.Sum(l => Math.Exp(l / temperature));
        for (int i = 0; i < Tokens; i++)
        {
            Assert.Equal(Math.Exp(_logits[i] / temperature) / total, Marginal(p, i), 1e-6);
        }
    }

    [Fact]
    public void The_mean_of_the_chosen_value_is_the_output_of_softmax_attention()
    {
        double[] p = Distribution<OneTokenAttention>(Couplings(0), 1);
        double[] values = [1.5, -2, 0.25, 3, -1, 0.5];
        double total = _logits.Sum(l => Math.Exp(l));
        double attention = Enumerable.Range(0, Tokens).Sum(i => Math.Exp(_logits[i]) / total * values[i]);
        double mean = Enumerable.Range(0, p.Length).Sum(x => p[x] * Enumerable.Range(0, Tokens).Sum(i => (x >> i & 1) * values[i]));
        Assert.Equal(attention, mean, 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7f)]
    [InlineData(-0.4f)]
    public void Only_couplings_make_pairs_that_fields_cannot_explain(float strength)
    {
        const double Temperature = 1.3;
        float[] j = Couplings(strength);
        double[] p = Distribution<TwoTokenAttention>(j, Temperature);
        double oddsRatio = Pair(p, 0, 1) * Pair(p, 2, 3) / (Pair(p, 0, 2) * Pair(p, 1, 3));
        // Both orders of a pair count, so a pair's reward is 2 J.
        double expected = Math.Exp(2 * (j[1] + j[2 * Tokens + 3] - j[2] - j[Tokens + 3]) / Temperature);
        Assert.Equal(expected, oddsRatio, 1e-4 * expected);
        Assert.Equal(strength == 0, Math.Abs(oddsRatio - 1) < 1e-3);
    }

    [Fact]
    public void Selected_attention_over_all_tokens_is_softmax_attention()
    {
        var shape = new TokenShape(Tokens, 8);
        var qubo = new QuboAttentionModule<float>(
            new UnbiasedSelectedAttention(3), new FixedSampler(Enumerable.Repeat((byte)1, 2 * Tokens).ToArray()));
        var softmax = new SoftmaxAttention<float>(shape, heads: 2, headDim: 4, seed: 9);
        Span<float> projection = softmax.Parameters.Single(p => p.Name == "Projection.Weight").Parameter.Value;
        ParameterCollection<float> declared = qubo.Layer.Parameters;
        declared["QueryProjection"].Value.CopyTo(projection);
        declared["KeyProjection"].Value.CopyTo(projection[64..]);
        declared["ValueProjection"].Value.CopyTo(projection[128..]);

        var random = new RandomStream(5);
        var input = new Activations<float>(1, shape);
        input.Set(0, [.. Enumerable.Range(0, Tokens * 8).Select(_ => (float)random.NextNormal())]);
        Assert.Equal(Output(softmax, input), Output(qubo, input), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    private static float[] Output(Module<float> module, Activations<float> input)
    {
        module.Allocate(1, threads: 1);
        var output = new Activations<float>(1, module.OutputShape);
        module.Forward(input, output, new BatchInfo(1, 0, 0));
        var values = new float[Tokens * 8];
        output.Get(0, values);
        return values;
    }

    /// <summary>Symmetric, zero diagonal; different for every pair.</summary>
    private static float[] Couplings(float strength)
    {
        var j = new float[Tokens * Tokens];
        for (int a = 0; a < Tokens; a++)
        {
            for (int b = 0; b < a; b++)
            {
                j[a * Tokens + b] = j[b * Tokens + a] = strength * MathF.Sin(3 * a + 7 * b);
            }
        }

        return j;
    }

    /// <summary>The Boltzmann distribution over all states, bit i of an index for token i.</summary>
    private static double[] Distribution<TModel>(float[] couplings, double temperature)
        where TModel : IQuboAttention<TModel>
    {
        var problem = AttentionProblemBatch<TModel>.FromDense([(couplings, _logits)]);
        double[] weights =
        [
            .. Enumerable.Range(0, 1 << Tokens).Select(x =>
                Math.Exp(-problem.Energy(0, [.. Enumerable.Range(0, Tokens).Select(i => (byte)(x >> i & 1))]) / temperature)),
        ];
        double total = weights.Sum();
        return [.. weights.Select(w => w / total)];
    }

    private static double Marginal(double[] p, int token) => Enumerable.Range(0, p.Length).Where(x => (x >> token & 1) == 1).Sum(x => p[x]);

    private static double Pair(double[] p, int a, int b) => p[(1 << a) | (1 << b)];
}
