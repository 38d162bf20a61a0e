using System.Text;
using System.Text.RegularExpressions;
using Qama.Numerics;

namespace Qama.Examples.Book;

/// <summary>A text with sentences hidden in it, each of a name and a colour that the name wears, and the question for one of
/// them: what does this name wear?</summary>
/// <param name="Words">The question first, then the text: what a layer reads.</param>
/// <param name="Answer">Index of the colour in <see cref="Library.Colours"/>.</param>
/// <param name="Place">The token that is the answer.</param>
/// <param name="Name">The name that is asked for.</param>
internal sealed record Reading(IReadOnlyList<string?> Words, int Answer, int Place, string Name)
{
    /// <summary>The tokens, [words, <see cref="WordVectors.Width"/>].</summary>
    public float[] Tokens()
    {
        var tokens = new float[Words.Count * WordVectors.Width];
        WordVectors.Write(Words, tokens);

        // The question stands where the answer would: after the name and the verb.
        WordVectors.WriteWord(Library.Verb, tokens.AsSpan(WordVectors.WordWidth, WordVectors.WordWidth));
        WordVectors.WriteWord(Name, tokens.AsSpan(2 * WordVectors.WordWidth, WordVectors.WordWidth));
        return tokens;
    }
}

/// <summary>Pages and books. Without a file the text is made up: words of syllables, as often as in a language (the r-th most frequent
/// one in proportion to 1/r), in sentences.</summary>
internal sealed partial class Library
{
    public const string Verb = "wears";
    private const int MadeUpWords = 8_000;

    /// <summary>The answers there are; they stand elsewhere in a text too.</summary>
    public static readonly IReadOnlyList<string> Colours =
    [
        "amber", "black", "blue", "brown", "crimson", "gold", "green", "grey", "indigo", "ivory", "orange", "purple", "red", "silver", "white", "yellow",
    ];

    private readonly string[] _text;

    /// <param name="file">A text to read; null for one that is made up.</param>
    /// <param name="seed">Seed of what is made up.</param>
    /// <param name="words">Its length.</param>
    public Library(FileInfo? file, int seed, int words) => _text = file is null
        ? MakeUp(new RandomStream((ulong)seed), words)
        : [.. Word().Matches(File.ReadAllText(file.FullName).ToLowerInvariant()).Select(m => m.Value)];

    /// <summary>Words of the text.</summary>
    public int Length => _text.Length;

    /// <summary>A piece of the text from anywhere, with sentences hidden in it.</summary>
    /// <param name="tokens">Tokens of the reading, the question included.</param>
    /// <param name="sentences">Sentences to hide.</param>
    /// <param name="seed">Seed of the piece, the sentences and the question.</param>
    /// <exception cref="ArgumentException">The text is shorter.</exception>
    public Reading Read(int tokens, int sentences, int seed)
    {
        var random = new RandomStream(RandomStream.Mix((ulong)seed));
        int length = tokens - 1;
        if (_text.Length < length)
        {
            throw new ArgumentException($"Expected a text of at least {length} words, got {_text.Length}.", nameof(tokens));
        }

        string?[] words = [null, .. _text.AsSpan(random.NextInt32(_text.Length - length + 1), length)];
        int[] places = Places(length / 3, sentences, ref random);
        int asked = random.NextInt32(sentences);
        (int answer, int place, string name) = (0, 0, "");
        for (int s = 0; s < sentences; s++)
        {
            int first = 1 + (3 * places[s]);
            int colour = random.NextInt32(Colours.Count);
            (words[first], words[first + 1], words[first + 2]) = (Invent(ref random, 4), Verb, Colours[colour]);
            if (s == asked)
            {
                (answer, place, name) = (colour, first + 2, words[first]!);
            }
        }

        return new Reading(words, answer, place, name);
    }

    // Different ones of so many.
    private static int[] Places(int count, int wanted, ref RandomStream random)
    {
        var places = new HashSet<int>();
        while (places.Count < wanted)
        {
            places.Add(random.NextInt32(count));
        }

        return [.. places];
    }

    private static string[] MakeUp(RandomStream random, int words)
    {
        string[] dictionary = [.. Colours, Verb, .. Enumerable.Range(0, MadeUpWords - Colours.Count - 1).Select(_ => Invent(ref random, 1 + random.NextInt32(3)))];
        for (int i = dictionary.Length - 1; i > 0; i--)
        {
            int j = random.NextInt32(i + 1);
            (dictionary[i], dictionary[j]) = (dictionary[j], dictionary[i]);
        }

        // The logarithm of a rank is uniform where frequencies fall as 1/rank.
        double largest = Math.Log(dictionary.Length);
        var text = new string[words];
        for (int i = 0; i < words; i++)
        {
            text[i] = dictionary[(int)Math.Exp(random.NextDouble() * largest) - 1];
        }

        return text;
    }

    private static string Invent(ref RandomStream random, int syllables)
    {
        const string Consonants = "bdfgklmnprstvz";
        const string Vowels = "aeiou";
        var word = new StringBuilder();
        for (int s = 0; s < syllables; s++)
        {
            word.Append(Consonants[random.NextInt32(Consonants.Length)]).Append(Vowels[random.NextInt32(Vowels.Length)]);
        }

        return word.ToString();
    }

    [GeneratedRegex("[a-z']+")]
    private static partial Regex Word();
}
