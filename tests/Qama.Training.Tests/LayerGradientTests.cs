using Qama.Layers;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

public class LayerGradientTests
{
    [Theory]
    [InlineData(1, 3, 5, true)]
    [InlineData(5, 16, 32, true)]
    [InlineData(7, 18, 20, false)]
    public void Linear_gradients_equal_central_differences(int tokens, int inputs, int outputs, bool bias) =>
        GradientCheck.Run(new Linear<double>(new TokenShape(tokens, inputs), outputs, seed: 3, bias));

    [Theory]
    [InlineData(4, 6)]
    [InlineData(2, 32)]
    public void Layer_normalisation_gradients_equal_central_differences(int tokens, int width) =>
        GradientCheck.Run(new LayerNormalization<double>(new TokenShape(tokens, width)));

    [Fact]
    public void Gelu_gradients_equal_central_differences() => GradientCheck.Run(new Gelu<double>(new TokenShape(3, 18)));

    [Fact]
    public void Feed_forward_gradients_equal_central_differences() =>
        GradientCheck.Run(new FeedForward<double>(new TokenShape(3, 6), hidden: 10, seed: 4));

    [Fact]
    public void Residual_gradients_equal_central_differences() =>
        GradientCheck.Run(new Residual<double>(new FeedForward<double>(new TokenShape(3, 6), hidden: 10, seed: 4)));

    [Fact]
    public void Mean_pooling_gradients_equal_central_differences() =>
        GradientCheck.Run(new MeanPooling<double>(new TokenShape(5, 6)));

    [Fact]
    public void Token_concatenation_gradients_equal_central_differences() =>
        GradientCheck.Run(new TokenConcatenation<double>(new TokenShape(5, 6)));

    [Fact]
    public void Positional_embedding_gradients_equal_central_differences()
    {
        GradientCheck.Run(PositionalEmbedding<double>.Learned(new TokenShape(5, 6), seed: 5));
        GradientCheck.Run(PositionalEmbedding<double>.Sinusoidal(new TokenShape(5, 6)));
    }

    [Theory]
    [InlineData(5, 1, 4)]
    [InlineData(17, 2, 3)]
    public void Attention_head_gradients_equal_central_differences(int tokens, int heads, int dim) =>
        GradientCheck.Run(new AttentionHeads<double>(tokens, heads, dim));

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Softmax_attention_gradients_equal_central_differences(bool norm, bool outputProjection) =>
        GradientCheck.Run(new SoftmaxAttention<double>(new TokenShape(5, 6), heads: 2, headDim: 3, seed: 6, norm, outputProjection));

    [Fact]
    public void Qubo_attention_gradients_equal_central_differences_at_a_fixed_selection() =>
        GradientCheck.Run(new QuboAttentionModule<double>(new HandwrittenAttention<double>(seed: 7), new KeyedSampler()));

    [Fact]
    public void Chain_gradients_equal_central_differences()
    {
        var shape = new TokenShape(HandwrittenAttention<double>.Descriptor.Tokens, HandwrittenAttention<double>.Descriptor.EmbeddingDim);
        GradientCheck.Run(new Sequential<double>(
            ("Embedding", new Linear<double>(shape with { Width = 3 }, shape.Width, seed: 8)),
            ("Position", PositionalEmbedding<double>.Learned(shape, seed: 9)),
            ("Attention", new Residual<double>(
                new QuboAttentionModule<double>(new HandwrittenAttention<double>(seed: 10), new KeyedSampler()))),
            ("FeedForward", new Residual<double>(new FeedForward<double>(shape, 8, seed: 11))),
            ("Pool", new MeanPooling<double>(shape)),
            ("Head", new Linear<double>(shape with { Tokens = 1 }, 4, seed: 12))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Cross_entropy_gradient_equals_central_differences(double smoothing)
    {
        int[] labels = [2, 0, 4];
        var logits = new Activations<double>(3, new TokenShape(1, 5));
        var gradient = new Activations<double>(3, new TokenShape(1, 5));
        for (int i = 0; i < 15; i++)
        {
            logits.Row(i / 5, 0)[i % 5] = Math.Sin(3 * i) * 2;
        }

        SoftmaxCrossEntropy.Compute(logits, labels, gradient, smoothing);
        for (int i = 0; i < 15; i++)
        {
            ref double logit = ref logits.Row(i / 5, 0)[i % 5];
            double original = logit;
            logit = original + 1e-5;
            double above = SoftmaxCrossEntropy.Compute(logits, labels, null, smoothing).Loss;
            logit = original - 1e-5;
            double below = SoftmaxCrossEntropy.Compute(logits, labels, null, smoothing).Loss;
            logit = original;
            Assert.Equal((above - below) / 2e-5, gradient.Row(i / 5, 0)[i % 5], 1e-8);
        }
    }

    [Fact]
    public void Backward_without_a_forward_pass_in_training_mode_is_refused()
    {
        var shape = new TokenShape(2, 3);
        var module = new Linear<float>(shape, 4, seed: 1);
        var input = new Activations<float>(2, shape);
        var output = new Activations<float>(2, module.OutputShape);
        module.Allocate(2, 1);
        Assert.Throws<InvalidOperationException>(() => module.Backward(input, output, null));
        module.Mode = LayerMode.Evaluation;
        module.Forward(input, output, new BatchInfo(2));
        Assert.Throws<InvalidOperationException>(() => module.Backward(input, output, null));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_by_name()
    {
        var shape = new TokenShape(2, 3);
        var module = new Linear<float>(shape, 4, seed: 1);
        module.Allocate(2, 1);
        var output = new Activations<float>(4, module.OutputShape);
        var error = Assert.Throws<ArgumentException>(
            () => module.Forward(new Activations<float>(2, new TokenShape(2, 4)), output, new BatchInfo(2)));
        Assert.Equal("input", error.ParamName);
        Assert.Throws<ArgumentException>(() => module.Forward(new Activations<float>(4, shape), output, new BatchInfo(3)));
        Assert.Throws<ArgumentException>(() => new Residual<float>(module));
        Assert.Throws<ArgumentException>(() => new Sequential<float>(("a", module), ("b", module)));
        Assert.Throws<ArgumentException>(() => new Sequential<float>());
    }
}
