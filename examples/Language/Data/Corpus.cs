using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Qama.Numerics;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.Language;

/// <summary>A text as numbers of its characters: the first nine tenths to train on, the rest to evaluate.</summary>
internal sealed class Corpus
{
    /// <summary>The text that the public figures are of.</summary>
    public const string Address = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt";

    private const string Compressed = ".gz";
    private readonly int[] _training;
    private readonly int[] _validation;

    /// <summary>Numbers the characters of a text.</summary>
    /// <exception cref="InvalidDataException">The text is empty.</exception>
    public Corpus(string text)
    {
        if (text.Length == 0)
        {
            throw new InvalidDataException("Expected a text, got an empty one.");
        }

        Vocabulary = string.Concat(text.Distinct().Order());
        int[] ids = new int[text.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = Vocabulary.IndexOf(text[i]);
        }

        int training = (int)(text.Length * 0.9);
        (_training, _validation) = (ids[..training], ids[training..]);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
    }

    /// <summary>The different characters, in rising order; a character's number is its place.</summary>
    public string Vocabulary { get; }

    /// <summary>What tells the text from others: the beginning of its SHA-256.</summary>
    public string Hash { get; }

    /// <summary>Numbers of the characters to train on.</summary>
    public ReadOnlySpan<int> Training => _training;

    /// <summary>Numbers of the characters to evaluate with.</summary>
    public ReadOnlySpan<int> Validation => _validation;

    /// <summary>Reads a file, as text or gzipped.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file though its name says so, or empty.</exception>
    public static Corpus Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream source = path.EndsWith(Compressed, StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(source, Encoding.UTF8);
        return new Corpus(reader.ReadToEnd());
    }

    /// <summary>Windows to train on, at random places; the label of a character is the next one.</summary>
    /// <exception cref="InvalidDataException">The text is shorter than a window.</exception>
    public Dataset<float> Draw(int count, int tokens, ulong seed)
    {
        Require(_training, tokens);
        var random = new RandomStream(seed);
        return Windows(_training, [.. Enumerable.Range(0, count).Select(_ => random.NextInt32(_training.Length - tokens))], tokens);
    }

    /// <summary>Windows to evaluate with, one behind the other from the first character on.</summary>
    /// <param name="tokens">Characters of a window.</param>
    /// <param name="most">Windows at most.</param>
    /// <exception cref="InvalidDataException">The text is shorter than a window.</exception>
    public Dataset<float> Evaluated(int tokens, int most = int.MaxValue)
    {
        Require(_validation, tokens);
        int count = Math.Min((_validation.Length - 1) / tokens, most);
        return Windows(_validation, [.. Enumerable.Range(0, count).Select(w => w * tokens)], tokens);
    }

    private static Dataset<float> Windows(int[] text, int[] starts, int tokens)
    {
        var values = new float[checked(starts.Length * tokens)];
        var labels = new int[values.Length];
        for (int w = 0; w < starts.Length; w++)
        {
            for (int t = 0; t < tokens; t++)
            {
                values[w * tokens + t] = text[starts[w] + t];
                labels[w * tokens + t] = text[starts[w] + t + 1];
            }
        }

        return new Dataset<float>(new TokenShape(tokens, 1), tokens, values, labels);
    }

    private static void Require(int[] text, int tokens)
    {
        if (text.Length <= tokens)
        {
            throw new InvalidDataException(
                $"Expected a text of at least {10 * (tokens + 1)} characters, of which a tenth is kept for evaluation; windows have {tokens}.");
        }
    }
}
