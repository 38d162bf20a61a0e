using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Vision;

/// <summary>The paper's model around any attention operator (arXiv 2504.11083, section 4): a patch embedding, sinusoidal
/// positions, blocks of attention and a feed-forward part of the same width, the mean token, a linear classifier.</summary>
internal sealed class VisionTransformer
{
    public const int Heads = 8;
    public const int Width = 64;

    /// <summary>What an attention module gets and gives.</summary>
    private static readonly TokenShape _tokens = new(LabelledImages.Shape.Tokens, Width);

    /// <summary>Builds the model of a variant.</summary>
    /// <param name="variant">The attention operator and the depth.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="sampler">What finds the selections.</param>
    public VisionTransformer(Variant variant, long seed, ISampler sampler)
    {
        var parts = new List<(string, Module<float>)>
        {
            ("Embedding", new Linear<float>(LabelledImages.Shape, Width, seed)),
            ("Position", PositionalEmbedding<float>.Sinusoidal(_tokens)),
        };
        for (int block = 1; block <= variant.Depth; block++)
        {
            long blockSeed = seed + 100 * block;
            if (variant.Kind != AttentionKind.None)
            {
                parts.Add(($"Attention{block}", new Residual<float>(Attention(variant, blockSeed, sampler))));
            }

            parts.Add(($"FeedForward{block}", new Residual<float>(new FeedForward<float>(_tokens, Width, blockSeed + 1))));
        }

        parts.Add(("Norm", new LayerNormalization<float>(_tokens)));
        parts.Add(("Pool", new MeanPooling<float>(_tokens)));
        parts.Add(("Head", new Linear<float>(_tokens with { Tokens = 1 }, LabelledImages.Classes, seed + 1)));
        Network = new Sequential<float>([.. parts]);
    }

    /// <summary>The whole model.</summary>
    public Module<float> Network { get; }

    /// <summary>The declared layers, first block first; empty for softmax attention.</summary>
    public List<QuboAttentionModule<float>> Declared { get; } = [];

    /// <summary>The softmax layers.</summary>
    public List<SoftmaxAttention<float>> Softmax { get; } = [];

    /// <summary>How much each head of the first block used each token of a sample of the last batch, 0 to 1: the selection
    /// itself, or probabilities averaged over queries in units of the largest.</summary>
    public double[,] Weights(int sample)
    {
        var weights = new double[Heads, _tokens.Tokens];
        double largest = Declared.Count > 0 ? 1 : 0;
        for (int h = 0; h < Heads; h++)
        {
            for (int t = 0; t < _tokens.Tokens; t++)
            {
                weights[h, t] = Declared.Count > 0 ? Selected(sample, h, t) : Attended(sample, h, t);
                largest = Math.Max(largest, weights[h, t]);
            }
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i / _tokens.Tokens, i % _tokens.Tokens] /= largest;
        }

        return weights;
    }

    private double Selected(int sample, int head, int token)
    {
        int bits = Declared[0].Layer.Model.SelectionBits;
        ReadOnlySpan<byte> state = Declared[0].Samples.State(sample).Slice((head * _tokens.Tokens + token) * bits, bits);
        int level = 0;
        for (int b = 0; b < bits; b++)
        {
            level += state[b] << b;
        }

        return level / (double)((1 << bits) - 1);
    }

    private double Attended(int sample, int head, int token) => Enumerable.Range(0, _tokens.Tokens)
        .Average(query => Softmax[0].Heads.Probability(sample, head, query, token));

    private Module<float> Attention(Variant variant, long seed, ISampler sampler)
    {
        if (variant.Kind == AttentionKind.Softmax)
        {
            var softmax = new SoftmaxAttention<float>(_tokens, Heads, Width / Heads, seed);
            Softmax.Add(softmax);
            return softmax;
        }

        var module = new QuboAttentionModule<float>(variant.Declared!(seed), sampler);
        Declared.Add(module);
        return module;
    }
}
