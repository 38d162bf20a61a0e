using Qama.Training.Modules;

namespace Qama.Training.Datasets;

/// <summary>The words that a model of texts knows, by number: <see cref="Padding"/>, <see cref="Unknown"/>, then the words of the
/// training texts, the most frequent first.</summary>
public sealed class Vocabulary
{
    /// <summary>The number of what fills a text up.</summary>
    public const int Padding = 0;

    /// <summary>The number of all words that are not in the vocabulary.</summary>
    public const int Unknown = 1;

    private const int FirstWord = 2;

    private readonly Dictionary<string, int> _numbers;

    private Vocabulary(string[] words) =>
        _numbers = words.Select((w, i) => (w, i)).ToDictionary(p => p.w, p => p.i + FirstWord, StringComparer.Ordinal);

    /// <summary>Count of all numbers: words, padding and unknown.</summary>
    public int Count => _numbers.Count + FirstWord;

    /// <summary>The vocabulary of texts.</summary>
    /// <param name="texts">The texts that are trained on.</param>
    /// <param name="leastOccurrences">How often a word must occur in them, at least 1; rarer ones are unknown, which so is trained
    /// too.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public static Vocabulary Of(TextSet texts, int leastOccurrences = 2)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(leastOccurrences, 1);
        return new(
        [
            .. texts.Texts.SelectMany(t => t).GroupBy(w => w, StringComparer.Ordinal).Where(g => g.Count() >= leastOccurrences)
                .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key),
        ]);
    }

    /// <summary>The number of a word.</summary>
    /// <param name="word">The word.</param>
    public int Number(string word) => _numbers.GetValueOrDefault(word, Unknown);

    /// <summary>Texts as samples of <paramref name="tokens"/> numbers, [tokens, 1]: longer ones are cut, shorter ones filled up with
    /// <see cref="Padding"/> (which <see cref="Layers.PresentTokens{T}.BeforePadding"/> keeps a model from seeing).</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="tokens">Tokens of a sample, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public Dataset<float> ToDataset(TextSet texts, int tokens)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        var values = new float[checked(texts.Texts.Count * tokens)];
        for (int s = 0; s < texts.Texts.Count; s++)
        {
            IReadOnlyList<string> words = texts.Texts[s];
            for (int t = 0; t < Math.Min(tokens, words.Count); t++)
            {
                values[s * tokens + t] = Number(words[t]);
            }
        }

        return new Dataset<float>(new TokenShape(tokens, 1), values, texts.Labels.ToArray());
    }
}
