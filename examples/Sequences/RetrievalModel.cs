using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Sequences;

/// <summary>One block around any attention operator: an embedding, sinusoidal positions, attention; then of the last token
/// alone the feed-forward part and a linear classifier.</summary>
internal sealed class RetrievalModel
{
    public const int Heads = 4;
    public const int Width = 64;

    /// <summary>Builds the model of a variant.</summary>
    /// <param name="variant">The attention operator.</param>
    /// <param name="task">Shape of the sequences.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="sampler">What finds the selections.</param>
    public RetrievalModel(Variant variant, RetrievalTask task, long seed, ISampler sampler)
    {
        var tokens = new TokenShape(task.Tokens, Width);
        TokenShape one = tokens with { Tokens = 1 };
        Declared = variant.Declared is { } declared
            ? new QuboAttentionModule<float>(declared[task.Tokens](seed + 100), sampler) : null;
        Network = new Sequential<float>(
            ("Embedding", new Linear<float>(task.Shape, Width, seed)),
            ("Position", PositionalEmbedding<float>.Sinusoidal(tokens)),
            ("Attention", new Residual<float>(
                Declared is null ? new SoftmaxAttention<float>(tokens, Heads, Width / Heads, seed + 100) : Declared)),
            ("Last", new LastToken(tokens)),
            ("FeedForward", new Residual<float>(new FeedForward<float>(one, Width, seed + 101))),
            ("Norm", new LayerNormalization<float>(one)),
            ("Head", new Linear<float>(one, RetrievalTask.Values, seed + 1)));
    }

    /// <summary>The whole model.</summary>
    public Module<float> Network { get; }

    /// <summary>The declared layer; null for softmax attention.</summary>
    public QuboAttentionModule<float>? Declared { get; }
}
