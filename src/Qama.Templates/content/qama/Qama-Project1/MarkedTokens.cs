using Qama.Training;
using Qama.Training.Modules;

namespace QamaProjectNamespace;

/// <summary>
/// Made-up data to be replaced by yours. Every token has a class, features 0 to 3; feature 4 marks one token, whose class is the
/// label; the other features are noise.
/// </summary>
public static class MarkedTokens
{
    /// <summary>The number of classes of tokens.</summary>
    public const int Classes = 4;

    /// <summary>Tokens and width of a sample.</summary>
    public static TokenShape Shape { get; } = new(TokenAttention.Tokens, TokenAttention.EmbeddingDim);

    /// <summary>Makes samples up.</summary>
    public static Dataset<float> Create(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count * Shape.Tokens * Shape.Width];
        var labels = new int[count];
        for (int s = 0; s < count; s++)
        {
            int marked = random.Next(Shape.Tokens);
            for (int t = 0; t < Shape.Tokens; t++)
            {
                Span<float> token = values.AsSpan((s * Shape.Tokens + t) * Shape.Width, Shape.Width);
                int kind = random.Next(Classes);
                token[kind] = 1;
                for (int noise = Classes + 1; noise < Shape.Width; noise++)
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

        return new Dataset<float>(Shape, values, labels);
    }
}
