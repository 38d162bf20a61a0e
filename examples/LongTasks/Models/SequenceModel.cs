using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.LongTasks;

/// <summary>Two blocks around any attention operator: an embedding of ids, what tells places, attention and
/// feed-forward parts; then of asked tokens alone a norm and the classifier, or a norm, the mean over all present
/// tokens, a hidden layer and the classifier.</summary>
internal sealed class SequenceModel
{
    /// <summary>Builds the model of a variant; all that variants have in common starts with the same values.</summary>
    /// <param name="kind">The kind of attention.</param>
    /// <param name="declarations">The declared layers; null for other kinds.</param>
    /// <param name="task">The task.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="sampler">What finds the selections.</param>
    public SequenceModel(AttentionKind kind, Declarations? declarations, TokenTask task, long seed, ISampler sampler)
    {
        ModelShape shape = ModelShape.Of(task.Kind);
        var tokens = new TokenShape(task.Tokens, ModelShape.Width);
        var embedding = new TokenEmbedding<float>(
            task.Vocabulary, task.Tokens, shape.Positions ? ModelShape.Width : ModelShape.Width / 2, seed);
        var parts = new List<(string, Module<float>)> { ("Embedding", embedding) };
        parts.Add(shape.Positions
            ? ("Position", PositionalEmbedding<float>.Learned(tokens, seed + 1))
            : ("Previous", new PreviousToken(embedding.OutputShape)));
        for (int block = 1; block <= ModelShape.Blocks; block++)
        {
            long blockSeed = seed + 100 * block;
            if (Attention(kind, declarations, task, shape, tokens, blockSeed, sampler) is { } attention)
            {
                parts.Add(($"Attention{block}", new Residual<float>(attention)));
            }

            if (shape.Hidden > 0)
            {
                var feedForward = new FeedForward<float>(tokens, shape.Hidden, blockSeed + 1);
                parts.Add(($"FeedForward{block}", new Residual<float>(feedForward)));
            }
        }

        var body = new Sequential<float>([.. parts]);
        Network = shape.Pooled
            ? PresentTokens<float>.BeforePadding(Pooled(body, shape, task, seed), TokenTask.PaddingId)
            : Asked(body, shape, task, seed, embedding);
    }

    /// <summary>The whole model.</summary>
    public Module<float> Network { get; }

    /// <summary>The declared layers, first block first; empty for other kinds of attention.</summary>
    public List<QuboAttentionModule<float>> Declared { get; } = [];

    /// <summary>Takes over the parameters of a model of the same shape, but for the number of tokens: positions that a shorter
    /// one does not have stay as they are.</summary>
    public void CopyFrom(SequenceModel other)
    {
        for (int p = 0; p < Network.Parameters.Count; p++)
        {
            other.Network.Parameters[p].Parameter.Value.CopyTo(Network.Parameters[p].Parameter.Value);
        }
    }

    private static Sequential<float> Asked(
        Sequential<float> body, ModelShape shape, TokenTask task, long seed, TokenEmbedding<float> embedding)
    {
        var asked = new AskedRows(task, body);
        return new(
            ("Body", asked),
            ("Norm", new LayerNormalization<float>(asked.OutputShape)),
            ("Head", shape.SharedTable
                ? new SharedLogits(asked.OutputShape, embedding.Weight)
                : new Linear<float>(asked.OutputShape, task.Classes, seed + 2)));
    }

    private static Sequential<float> Pooled(Sequential<float> body, ModelShape shape, TokenTask task, long seed)
    {
        var mean = new MeanPooling<float>(body.OutputShape);
        TokenShape hidden = mean.OutputShape with { Width = shape.Hidden };
        return new(
            ("Body", body),
            ("Norm", new LayerNormalization<float>(body.OutputShape)),
            ("Mean", mean),
            ("Expand", new Linear<float>(mean.OutputShape, shape.Hidden, seed + 3)),
            ("Activation", new Gelu<float>(hidden)),
            ("Head", new Linear<float>(hidden, task.Classes, seed + 2)));
    }

    private Module<float>? Attention(
        AttentionKind kind, Declarations? declarations, TokenTask task, ModelShape shape, TokenShape tokens, long seed,
        ISampler sampler)
    {
        int headDim = ModelShape.Width / shape.Heads;
        switch (kind)
        {
            case AttentionKind.None:
                return null;
            case AttentionKind.Softmax:
                return new SoftmaxAttention<float>(tokens, shape.Heads, headDim, seed, causal: shape.Causal);
            case AttentionKind.Linear:
                return new LinearAttention<float>(tokens, shape.Heads, headDim, seed, causal: shape.Causal);
            default:
                var module = new QuboAttentionModule<float>(declarations!.Create(task, seed), sampler);
                Declared.Add(module);
                return module;
        }
    }
}
