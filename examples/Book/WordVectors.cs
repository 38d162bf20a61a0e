using Qama.Numerics;

namespace Qama.Examples.Book;

/// <summary>Words as vectors that nobody trained: signs drawn from a word's spelling.</summary>
internal static class WordVectors
{
    /// <summary>Numbers of a word.</summary>
    public const int WordWidth = 48;

    /// <summary>Numbers of a token: the word, the one before it, and the one before that.</summary>
    public const int Width = 3 * WordWidth;

    /// <summary>Writes the tokens of a text, [words, width]. What is before the text, and a null word, is zeros.</summary>
    public static void Write(IReadOnlyList<string?> words, Span<float> tokens)
    {
        tokens.Clear();
        for (int i = 0; i < words.Count; i++)
        {
            for (int back = 0; back < 3 && i - back >= 0; back++)
            {
                WriteWord(words[i - back], tokens.Slice((i * Width) + (back * WordWidth), WordWidth));
            }
        }
    }

    /// <summary>Writes one word; nothing for null.</summary>
    public static void WriteWord(string? word, Span<float> vector)
    {
        if (word is null)
        {
            return;
        }

        // FNV-1a: the same in every process.
        ulong hash = 14695981039346656037;
        foreach (char letter in word)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        ulong signs = new RandomStream(hash).NextUInt64();
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (signs >> i & 1) == 0 ? 1 : -1;
        }
    }
}
