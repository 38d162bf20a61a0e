using Qama.Layers;
using Qama.Sampling;
using Qama.Tool.Data;
using Qama.Tool.Inspecting;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Tool.Experiments;

/// <summary>The standard small network around an attention operator, the one of the vision example (arXiv 2504.11083, section 4): an
/// embedding, sinusoidal positions, blocks of attention and a feed-forward part of the same width, a norm, the mean token, a linear
/// classifier.</summary>
internal sealed class AttentionNetwork
{
    /// <summary>Builds it.</summary>
    /// <param name="model">The declared model: tokens, width and heads are its own.</param>
    /// <param name="data">What makes vectors of tokens, and how many classes there are.</param>
    /// <param name="settings">Attention, depth and seed.</param>
    /// <param name="sampler">What finds the selections.</param>
    public AttentionNetwork(RunnableModel model, TaskData data, TrainSettings settings, ISampler sampler)
    {
        ModelDescriptor shape = model.Descriptor;
        var tokens = new TokenShape(shape.Tokens, shape.EmbeddingDim);
        var parts = new List<(string, Module<float>)>
        {
            ("Embedding", data.Embedding(tokens.Width, settings.Seed)), ("Position", PositionalEmbedding<float>.Sinusoidal(tokens)),
        };
        for (int block = 1; block <= settings.Depth; block++)
        {
            long seed = settings.Seed + 100L * block;
            if (Attention(model, tokens, settings.Attention, seed, sampler) is { } attention)
            {
                parts.Add(($"Attention{block}", new Residual<float>(attention)));
            }

            parts.Add(($"FeedForward{block}", new Residual<float>(new FeedForward<float>(tokens, tokens.Width, seed + 1))));
        }

        parts.Add(("Norm", new LayerNormalization<float>(tokens)));
        parts.Add(("Pool", new MeanPooling<float>(tokens)));
        parts.Add(("Head", new Linear<float>(tokens with { Tokens = 1 }, data.ClassNames.Count, settings.Seed + 1)));
        Module = data.Around(new Sequential<float>([.. parts]));
    }

    /// <summary>The whole network.</summary>
    public Module<float> Module { get; }

    /// <summary>The declared layers, first block first; empty for others.</summary>
    public List<QuboAttentionModule<float>> Declared { get; } = [];

    /// <summary>The softmax layers.</summary>
    public List<SoftmaxAttention<float>> Softmax { get; } = [];

    // A declared layer's output may have another width than its input; as many numbers as heads have are brought back to it.
    private Module<float>? Attention(RunnableModel model, TokenShape tokens, AttentionKind kind, long seed, ISampler sampler)
    {
        ModelDescriptor shape = model.Descriptor;
        Module<float> operation;
        switch (kind)
        {
            case AttentionKind.None:
                return null;
            case AttentionKind.Softmax:
                var softmax = new SoftmaxAttention<float>(tokens, shape.HeadCount, shape.HeadDim, seed);
                Softmax.Add(softmax);
                operation = softmax;
                break;
            case AttentionKind.Linear:
                operation = new LinearAttention<float>(tokens, shape.HeadCount, shape.HeadDim, seed);
                break;
            default:
                var declared = new QuboAttentionModule<float>(model.Create(seed), sampler);
                Declared.Add(declared);
                operation = declared;
                break;
        }

        return shape.OutputDim == tokens.Width ? operation
            : new Sequential<float>(
                ("Layer", operation), ("Output", new Linear<float>(operation.OutputShape, tokens.Width, seed + 2, bias: false)));
    }
}
