using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

/// <summary>Padding changes nothing: a model of many tokens that is told of the first ones does what a model of so many does.</summary>
public class PresentTokensTests
{
    private const int Width = 8, Heads = 2, Classes = 3, Vocabulary = 11;

    [Theory]
    [InlineData("softmax", 5, 9)]
    [InlineData("softmax", 70, 140)] // several strips, the last without a key that is present
    [InlineData("windowed", 20, 90)]
    [InlineData("causal", 66, 100)]
    [InlineData("linear", 5, 9)]
    [InlineData("linear", 70, 140)]
    [InlineData("none", 3, 9)]
    public void A_padded_sample_gives_what_its_own_tokens_give(string attention, int present, int tokens)
    {
        Module<double> exact = Network(attention, present), padded = PresentTokens<double>.BeforePadding(Network(attention, tokens), 0);
        (double[] values, double[] gradients) = Pass(exact, present, present);
        (double[] paddedValues, double[] paddedGradients) = Pass(padded, present, tokens);
        Close(values, paddedValues);
        Close(gradients, paddedGradients);

        // Told of one token more, it gives something else.
        if (present + 1 <= tokens && attention != "causal")
        {
            (double[] others, _) = Pass(PresentTokens<double>.First(Network(attention, tokens), present + 1), present, tokens);
            Assert.Contains(values.Zip(others), p => Math.Abs(p.First - p.Second) > 1e-6);
        }
    }

    [Fact]
    public void A_declared_layer_never_looks_at_padding()
    {
        const int Present = 3;
        var module = new QuboAttentionModule<float>(new PaddedAttention(1), new ExactSampler());
        PresentTokens<float> first = PresentTokens<float>.First(module, Present);
        first.Allocate(1, 1);
        var input = new Activations<float>(1, module.InputShape);
        var output = new Activations<float>(1, module.OutputShape);
        var random = new RandomStream(3);
        float[] values = [.. Enumerable.Range(0, module.InputShape.Tokens * module.InputShape.Width).Select(_ =>
            (float)random.NextDouble() - 0.5f)];
        input.Set(0, values);
        first.Forward(input, output, new BatchInfo(1));
        float[] before = output.Sample(0).ToArray();
        values.AsSpan(Present * module.InputShape.Width).Reverse();
        input.Set(0, values);
        first.Forward(input, output, new BatchInfo(1));
        Assert.Equal(before, output.Sample(0).ToArray());
        Assert.Contains(before, v => v != 0);
        Assert.All(before[(Present * output.Stride)..], v => Assert.Equal(0f, v));
        module.Forward(input, output, new BatchInfo(1));
        Assert.NotEqual(before, output.Sample(0).ToArray());
    }

    [Fact]
    public void Counts_that_are_none_are_refused()
    {
        var pool = new MeanPooling<double>(new TokenShape(4, 2));
        pool.Allocate(2);
        (var input, var output) = (new Activations<double>(2, pool.InputShape), new Activations<double>(2, pool.OutputShape));
        foreach (int[] counts in new[] { [1], [1, 0], [2, -1], new[] { 1, 2, 3 } })
        {
            Assert.Throws<ArgumentException>(() => pool.Forward(input, output, new BatchInfo(2) { TokenCounts = counts }));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => PresentTokens<double>.First(pool, 5));
        Assert.Throws<ArgumentException>(() => PresentTokens<double>.BeforePadding(pool, 0));
    }

    private static Module<double> Network(string attention, int tokens)
    {
        var shape = new TokenShape(tokens, Width);
        var parts = new List<(string, Module<double>)>
        {
            ("Embedding", new TokenEmbedding<double>(Vocabulary, tokens, Width, 1)), ("Position",
                PositionalEmbedding<double>.Sinusoidal(shape)),
        };
        Module<double>? own = attention switch
        {
            "softmax" => new SoftmaxAttention<double>(shape, Heads, Width / Heads, 2),
            "windowed" => new SoftmaxAttention<double>(shape, Heads, Width / Heads, 2, window: 4),
            "causal" => new SoftmaxAttention<double>(shape, Heads, Width / Heads, 2, causal: true),
            "linear" => new LinearAttention<double>(shape, Heads, Width / Heads, 2),
            _ => null,
        };
        if (own is not null)
        {
            parts.Add(("Attention", new Residual<double>(own)));
        }

        parts.Add(("FeedForward", new Residual<double>(new FeedForward<double>(shape, Width, 3))));
        parts.Add(("Norm", new LayerNormalization<double>(shape)));
        parts.Add(("Pool", new MeanPooling<double>(shape)));
        parts.Add(("Head", new Linear<double>(shape with { Tokens = 1 }, Classes, 4)));
        return new Sequential<double>([.. parts]);
    }

    // Values and all parameters' gradients of a sample of so many tokens, padded.
    private static (double[] Values, double[] Gradients) Pass(Module<double> network, int present, int tokens)
    {
        network.Allocate(1, 1);
        (var input, var output) = (new Activations<double>(1, network.InputShape), new Activations<double>(1, network.OutputShape));
        input.Set(0, [.. Enumerable.Range(0, tokens).Select(t => t < present ? 1 + t * 7 % (Vocabulary - 1) : 0.0)]);
        network.Forward(input, output, new BatchInfo(1));
        var slope = new Activations<double>(1, network.OutputShape);
        slope.Set(0, [1, -2, 0.5]);
        network.Backward(input, slope, null);
        return (output.Row(0, 0).ToArray(), [.. network.Parameters.SelectMany(p => p.Parameter.Gradient.ToArray())]);
    }

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Contains(expected, e => Math.Abs(e) > 1e-3);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 10));
    }
}

/// <summary>A model that is shown fewer tokens than it has.</summary>
[QuboAttention(Tokens = 6, EmbeddingDim = 4)]
[Heads(2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection)]
public sealed partial class PaddedAttention;
