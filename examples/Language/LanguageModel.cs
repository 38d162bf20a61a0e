using Qama.Layers;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Language;

/// <summary>
/// The small public configuration (nanoGPT's for a CPU): characters and learned positions, four blocks of attention and
/// feed-forward, each behind a LayerNorm, and a linear head for the next character. No biases but in feed-forward parts and
/// norms; no dropout.
/// </summary>
internal sealed class LanguageModel
{
    public const int Layers = 4;
    public const int Heads = 4;
    public const int Width = 128;
    public const int Hidden = 4 * Width;

    /// <summary>Builds the model of a variant.</summary>
    public LanguageModel(Variant variant, int tokens, int vocabulary, long seed, ISampler sampler)
        : this(tokens, vocabulary, seed, (shape, own) => variant.Create(shape, own, sampler))
    {
    }

    /// <summary>Builds a model around any attention.</summary>
    /// <param name="tokens">Characters of a window.</param>
    /// <param name="vocabulary">Number of different characters.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="attention">Makes a block's attention from the shape and a seed; null for none.</param>
    public LanguageModel(int tokens, int vocabulary, long seed, Func<TokenShape, long, Module<float>?> attention)
    {
        (Tokens, Vocabulary) = (tokens, vocabulary);
        var shape = new TokenShape(tokens, Width);
        var parts = new List<(string, Module<float>)>
        {
            ("Embedding", new TokenEmbedding<float>(vocabulary, tokens, Width, seed)),
            ("Position", PositionalEmbedding<float>.Learned(shape, seed + 1)),
        };
        for (int layer = 0; layer < Layers; layer++)
        {
            long own = seed + 100 * (layer + 1);
            if (attention(shape, own) is { } operation)
            {
                Attention.Add(operation);
                parts.Add(($"Attention{layer}", new Residual<float>(new Sequential<float>(
                    ("Layer", operation), ("Output", new Linear<float>(shape, Width, own + 1, bias: false))))));
            }

            parts.Add(($"FeedForward{layer}", new Residual<float>(new FeedForward<float>(shape, Hidden, own + 2))));
        }

        parts.Add(("Norm", new LayerNormalization<float>(shape)));
        parts.Add(("Head", new Linear<float>(shape, vocabulary, seed + 2, bias: false)));
        Network = new Sequential<float>([.. parts]);
    }

    public int Tokens { get; }

    public int Vocabulary { get; }

    /// <summary>The whole model: [tokens, 1], numbers of characters, to [tokens, vocabulary].</summary>
    public Sequential<float> Network { get; }

    /// <summary>The blocks' attention; empty for none.</summary>
    public List<Module<float>> Attention { get; } = [];

    /// <summary>The declared ones of them.</summary>
    public IEnumerable<QuboAttentionModule<float>> Declared => Attention.OfType<QuboAttentionModule<float>>();

    /// <summary>Takes another model's parameters, by their names.</summary>
    /// <param name="names">What is before the names here, in the other model.</param>
    /// <param name="source">The other model's parameters.</param>
    /// <param name="target">What to fill.</param>
    public static void Copy(IReadOnlyList<NamedParameter<float>> source, IReadOnlyList<NamedParameter<float>> target, string names = "")
    {
        Dictionary<string, Parameter<float>> all = source.ToDictionary(p => p.Name, p => p.Parameter);
        foreach (NamedParameter<float> parameter in target)
        {
            all[names + parameter.Name].Value.CopyTo(parameter.Parameter.Value);
        }
    }
}
