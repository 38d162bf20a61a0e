using Qama.Examples.Digits;
using Qama.Numerics;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.Recall;

/// <summary>The task: cards lie on a table, each with a letter of its own and a handwritten digit. The last token is a question,
/// a letter without a digit. The answer is the digit on the card with that letter.</summary>
/// <param name="images">The digits.</param>
/// <param name="available">Those that may be used: tables for testing show digits that training has never seen.</param>
internal sealed class CardTables(DigitImages images, IReadOnlyList<int> available)
{
    public const int Letters = 26;
    private const int Cards = CardAttention.Question;
    private const int Pixels = DigitImages.Side * DigitImages.Side;
    private const int FirstPixel = Letters + 1;

    // What stands for one in a letter: about as large as the pixels of a digit together.
    private const float One = 2;

    /// <summary>A token: its letter, one-hot; whether it is the question; its pixels, 0 to 1.</summary>
    public static readonly TokenShape Shape = new(CardAttention.Tokens, FirstPixel + Pixels);

    /// <summary>Draws tables; the same seed gives the same ones.</summary>
    public Dataset<float> Draw(int count, ulong seed)
    {
        var random = new RandomStream(seed);
        int length = Shape.Tokens * Shape.Width;
        var values = new float[checked(count * length)];
        var labels = new int[count];
        int[] letters = [.. Enumerable.Range(0, Letters)];
        for (int s = 0; s < count; s++)
        {
            Shuffle(letters, ref random);
            labels[s] = Draw(values.AsSpan(s * length, length), letters, ref random);
        }

        return new Dataset<float>(Shape, values, labels);
    }

    /// <summary>The letter of a token.</summary>
    public static int LetterOf(ReadOnlySpan<float> table, int token) => table.Slice(token * Shape.Width, Letters).IndexOf(One);

    /// <summary>The card that is asked for.</summary>
    public static int Asked(ReadOnlySpan<float> table)
    {
        int letter = LetterOf(table, Cards);
        int card = 0;
        while (LetterOf(table, card) != letter)
        {
            card++;
        }

        return card;
    }

    /// <summary>The pixels of a card, 0 to 1.</summary>
    public static ReadOnlySpan<float> PixelsOf(ReadOnlySpan<float> table, int card) =>
        table.Slice(card * Shape.Width + FirstPixel, Pixels);

    // Writes one table; its answer.
    private int Draw(Span<float> table, int[] letters, ref RandomStream random)
    {
        int asked = random.NextInt32(Cards);
        int answer = 0;
        for (int card = 0; card < Cards; card++)
        {
            int image = available[random.NextInt32(available.Count)];
            Span<float> token = table.Slice(card * Shape.Width, Shape.Width);
            token[letters[card]] = One;
            ReadOnlySpan<byte> pixels = images.Pixels(image);
            for (int i = 0; i < Pixels; i++)
            {
                token[FirstPixel + i] = pixels[i] / 16f;
            }

            answer = card == asked ? images.Label(image) : answer;
        }

        table[Cards * Shape.Width + letters[asked]] = One;
        table[Cards * Shape.Width + Letters] = One;
        return answer;
    }

    private static void Shuffle(int[] letters, ref RandomStream random)
    {
        for (int i = letters.Length - 1; i > 0; i--)
        {
            int j = random.NextInt32(i + 1);
            (letters[i], letters[j]) = (letters[j], letters[i]);
        }
    }
}
