using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Digits;

/// <summary>A vision transformer of one block (Dosovitskiy et al., arXiv 2010.11929) around any attention module.</summary>
internal static class VisionTransformer
{
    public const int Heads = 8;
    public const int Width = 64;

    /// <summary>What an attention module gets and gives.</summary>
    public static readonly TokenShape Tokens = new(DigitImages.Shape.Tokens, Width);

    /// <summary>Embeds patches without normalising pixels (which would throw away how much ink there is), adds learned
    /// positions, applies attention and a feed-forward part as residuals, and classifies the mean token.</summary>
    /// <param name="attention">The attention module; null leaves attention out.</param>
    /// <param name="seed">Seed of the initial values.</param>
    public static Module<float> Create(Module<float>? attention, long seed)
    {
        var parts = new List<(string, Module<float>)>
        {
            ("Embedding", new Linear<float>(DigitImages.Shape, Width, seed)),
            ("Position", PositionalEmbedding<float>.Learned(Tokens, seed + 1)),
        };
        if (attention is not null)
        {
            parts.Add(("Attention", new Residual<float>(attention)));
        }

        parts.Add(("FeedForward", new Residual<float>(new FeedForward<float>(Tokens, 2 * Width, seed + 2))));
        parts.Add(("Norm", new LayerNormalization<float>(Tokens)));
        parts.Add(("Pool", new MeanPooling<float>(Tokens)));
        parts.Add(("Head", new Linear<float>(Tokens with { Tokens = 1 }, DigitImages.Classes, seed + 4)));
        return new Sequential<float>([.. parts]);
    }
}
