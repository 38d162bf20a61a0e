using Qama.Numerics;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Benchmarks.Steps;

/// <summary>The paper's MNIST model: 4x4 patches, width 64, one block of attention and a feed-forward part of width 64, mean
/// pooling; and images of its shape (time does not depend on what they show).</summary>
internal static class MnistModel
{
    private const int Width = 64;
    private const int Heads = 8;
    private const int Classes = 10;
    private static readonly TokenShape _patches = new(49, 16);
    private static readonly TokenShape _tokens = new(49, Width);

    public static Sequential<float> Create(Module<float> attention) => new(
        ("Embedding", new Linear<float>(_patches, Width, 1)),
        ("Position", PositionalEmbedding<float>.Learned(_tokens, 2)),
        ("Attention", new Residual<float>(attention)),
        ("FeedForward", new Residual<float>(new FeedForward<float>(_tokens, Width, 3))),
        ("Norm", new LayerNormalization<float>(_tokens)),
        ("Pool", new MeanPooling<float>(_tokens)),
        ("Head", new Linear<float>(_tokens with { Tokens = 1 }, Classes, 5)));

    public static SoftmaxAttention<float> Softmax() => new(_tokens, Heads, Width / Heads, 11);

    public static QuboAttentionModule<float> Qama(int sweeps, int threads) => new(
        new Narrow(11), new SimulatedAnnealingSampler { Sweeps = sweeps, Hot = 0.2, Threads = threads });

    public static QuboAttentionModule<float> Stable(int sweeps, int threads) => new(
        new NarrowStable(11), new SimulatedAnnealingSampler { Sweeps = sweeps, Hot = 0.2, Threads = threads });

    public static Dataset<float> Images(int count)
    {
        var random = new RandomStream(7);
        var pixels = new float[count * _patches.Tokens * _patches.Width];
        foreach (ref float pixel in pixels.AsSpan())
        {
            pixel = (float)random.NextDouble();
        }

        return new(_patches, pixels, Enumerable.Range(0, count).Select(i => i % Classes).ToArray());
    }
}
