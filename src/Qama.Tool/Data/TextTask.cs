using System.Security.Cryptography;
using System.Text;
using Qama.Training;
using Qama.Training.Datasets;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Tool.Data;

/// <summary>Texts as numbers of words.</summary>
/// <param name="parts">The texts.</param>
/// <param name="tokens">Tokens that the model has.</param>
internal sealed class TextTask(DatasetParts<TextSet> parts, int tokens) : PartedTask<TextSet>(parts)
{
    // Vectors of words as large as positions are, which have a mean square of 1/2; a table of embeddings starts at 0.02.
    private const float Enlarged = 0.7f / 0.02f;

    private readonly Vocabulary _vocabulary = Vocabulary.Of(parts.Training);

    /// <inheritdoc/>
    public override int? Words => _vocabulary.Count;

    /// <inheritdoc/>
    public override string Hash
    {
        get
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (TextSet part in Enum.GetValues<Split>().Select(Find).OfType<TextSet>())
            {
                for (int i = 0; i < part.Labels.Count; i++)
                {
                    hash.AppendData(Encoding.UTF8.GetBytes($"{part.Labels[i]} {string.Join(' ', part.Texts[i])}\n"));
                }
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <inheritdoc/>
    public override Module<float> Embedding(int width, long seed)
    {
        var embedding = new TokenEmbedding<float>(_vocabulary.Count, tokens, width, seed);
        foreach (ref float value in embedding.Weight.Value)
        {
            value *= Enlarged;
        }

        return embedding;
    }

    /// <inheritdoc/>
    public override Module<float> Around(Module<float> network) => PresentTokens<float>.BeforePadding(network, Vocabulary.Padding);

    /// <inheritdoc/>
    public override int Present(Split split, int sample) => Math.Min(tokens, Part(split).Texts[sample].Count);

    /// <inheritdoc/>
    public override IReadOnlyList<string>? Text(Split split, int sample) => [.. Part(split).Texts[sample].Take(tokens)];

    /// <inheritdoc/>
    protected override Dataset<float> Numbers(TextSet samples) => _vocabulary.ToDataset(samples, tokens);
}
