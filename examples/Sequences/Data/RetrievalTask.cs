using Qama.Numerics;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.Sequences;

/// <summary>
/// Key-value retrieval over a long sequence. The last token asks for a key. One record far away has that key, and its value is
/// the answer; all other records far away have other keys. The tokens just before the question repeat the key with values drawn
/// at random, which say nothing.
/// </summary>
/// <remarks>Two kinds. Where records are single tokens, the answer is one token of many. Where they are repeated, as a frame of
/// a signal that changes slowly, there are 15 and the question's neighbourhood, and what is near is redundant: a selection
/// sees all records if it spreads, and few if it chooses tokens for being alike.</remarks>
internal sealed class RetrievalTask
{
    public const int Keys = 8;
    public const int Values = 8;

    /// <summary>Width of a token: the key asked for, the key of a record, its value, one-hot each.</summary>
    public const int Width = 2 * Keys + Values;

    /// <summary>What stands for one: it makes an embedding about as large as sinusoidal positions are.</summary>
    public const float One = 8;

    /// <summary>Parts of a sequence: the last has the question and its decoys.</summary>
    public const int Parts = 16;

    /// <summary>Kinds of the task.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["repeated", "single"];

    /// <summary>Describes sequences.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="tokens">Tokens of a sequence, a multiple of <see cref="Parts"/>.</param>
    /// <exception cref="ArgumentException">Another kind or another number.</exception>
    public RetrievalTask(string kind, int tokens)
    {
        if (!Kinds.Contains(kind))
        {
            throw new ArgumentException($"Expected one of {string.Join(", ", Kinds)}, got '{kind}'.", nameof(kind));
        }

        if (tokens < 2 * Parts || tokens % Parts != 0)
        {
            throw new ArgumentException($"Expected a multiple of {Parts}, at least {2 * Parts}, got {tokens}.", nameof(tokens));
        }

        (Kind, Tokens) = (kind, tokens);
    }

    public string Kind { get; }

    public int Tokens { get; }

    /// <summary>Tokens of a part.</summary>
    public int PartLength => Tokens / Parts;

    /// <summary>Tokens of a far record.</summary>
    public int RecordLength => Kind == "single" ? 1 : PartLength;

    /// <summary>Tokens before the question and its decoys.</summary>
    public int FarTokens => Tokens - PartLength;

    public TokenShape Shape => new(Tokens, Width);

    /// <summary>Draws sequences; the same seed gives the same ones.</summary>
    public Dataset<float> Draw(int count, ulong seed)
    {
        var random = new RandomStream(seed);
        int length = Tokens * Width;
        var values = new float[checked(count * length)];
        var labels = new int[count];
        for (int s = 0; s < count; s++)
        {
            labels[s] = Draw(values.AsSpan(s * length, length), ref random);
        }

        return new Dataset<float>(Shape, values, labels);
    }

    /// <summary>The first token of the record that holds the answer.</summary>
    public int AnswerOf(ReadOnlySpan<float> sequence)
    {
        int asked = sequence[((Tokens - 1) * Width)..].IndexOf(One);
        int token = 0;
        while (sequence[token * Width + Keys + asked] == 0)
        {
            token++;
        }

        return token;
    }

    // Writes one sequence; its answer.
    private int Draw(Span<float> sequence, ref RandomStream random)
    {
        int asked = random.NextInt32(Keys);
        int answer = random.NextInt32(Values);
        int place = random.NextInt32(FarTokens / RecordLength) * RecordLength;
        for (int first = 0; first < FarTokens; first += RecordLength)
        {
            int key = first == place ? asked : Other(asked, ref random);
            int value = first == place ? answer : random.NextInt32(Values);
            for (int token = first; token < first + RecordLength; token++)
            {
                Write(sequence, token, key, value);
            }
        }

        for (int token = FarTokens; token < Tokens - 1; token++)
        {
            Write(sequence, token, asked, random.NextInt32(Values));
        }

        sequence[(Tokens - 1) * Width + asked] = One;
        return answer;
    }

    private static void Write(Span<float> sequence, int token, int key, int value)
    {
        Span<float> record = sequence.Slice(token * Width, Width);
        record[Keys + key] = One;
        record[2 * Keys + value] = One;
    }

    private static int Other(int key, ref RandomStream random)
    {
        int other = random.NextInt32(Keys - 1);
        return other < key ? other : other + 1;
    }
}
