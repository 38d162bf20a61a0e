using static TorchSharp.torch;

namespace QamaProjectNamespace;

/// <summary>
/// Made-up data to be replaced by yours. Every token has a class, features 0 to 3; feature 4 marks one token, whose class is the
/// label; the other features are noise.
/// </summary>
public sealed class MarkedTokens : utils.data.Dataset
{
    /// <summary>The number of classes of tokens.</summary>
    public const int Classes = 4;

    private readonly Tensor _tokens;
    private readonly Tensor _labels;

    /// <summary>Makes samples up.</summary>
    public MarkedTokens(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count * TokenAttention.Tokens * TokenAttention.EmbeddingDim];
        var labels = new long[count];
        for (int s = 0; s < count; s++)
        {
            int marked = random.Next(TokenAttention.Tokens);
            for (int t = 0; t < TokenAttention.Tokens; t++)
            {
                Span<float> token = values.AsSpan(
                    (s * TokenAttention.Tokens + t) * TokenAttention.EmbeddingDim, TokenAttention.EmbeddingDim);
                int kind = random.Next(Classes);
                token[kind] = 1;
                for (int noise = Classes + 1; noise < token.Length; noise++)
                {
                    token[noise] = random.NextSingle() - 0.5f;
                }

                if (t == marked)
                {
                    token[Classes] = 1;
                    labels[s] = kind;
                }
            }
        }

        _tokens = tensor(values, [count, TokenAttention.Tokens, TokenAttention.EmbeddingDim]);
        _labels = tensor(labels);
    }

    /// <inheritdoc/>
    public override long Count => _labels.numel();

    /// <summary>A sample, [tokens, width], and its label.</summary>
    public override Dictionary<string, Tensor> GetTensor(long index) =>
        new() { ["tokens"] = _tokens[index], ["label"] = _labels[index] };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _tokens.Dispose();
            _labels.Dispose();
        }

        base.Dispose(disposing);
    }
}
