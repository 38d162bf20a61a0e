using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>Lines of a format with comments. What is written into comments here, for want of another place, is read
/// from them: an offset, and what the variables are; whatever else they say is nobody's business.</summary>
/// <param name="reader">The text.</param>
/// <param name="name">What errors call it.</param>
/// <param name="comment">Characters that begin a comment.</param>
internal sealed partial class DataLines(TextReader reader, string name, string comment)
{
    private readonly TextLines _lines = new(reader, name);

    private double _offset;

    /// <summary>The offset of a comment, or 0; in units of <see cref="Scale"/> where the comment is
    /// bqpjson's.</summary>
    public double Offset => _offset;

    /// <summary>What energies are multiplied by, in a comment of bqpjson's converter, or 1.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>The kind of a comment, or null.</summary>
    public VariableKind? Kind { get; private set; }

    /// <summary>The next line with data, trimmed; null at the end.</summary>
    public string? Next()
    {
        while (_lines.Next() is string line)
        {
            if (!comment.Contains(line[0], StringComparison.Ordinal))
            {
                return line;
            }

            Remember(line);
        }

        return null;
    }

    /// <summary>The next line's words.</summary>
    /// <param name="least">Fewest words.</param>
    /// <param name="most">Most words.</param>
    /// <param name="expected">What the line should be.</param>
    public string[] Words(int least, int most, string expected)
    {
        string[]? words = TryWords();
        if (words is null || words.Length < least || words.Length > most)
        {
            Fail(words is null ? $"the file ends here: expected {expected}"
                : $"expected {expected}, got '{string.Join(' ', words)}'");
        }

        return words;
    }

    /// <summary>The next line's words; null at the end.</summary>
    public string[]? TryWords() => Next()?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A finite number.</summary>
    public double Number(string text) => _lines.ParseNumber(text);

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string text, int least, int most) => _lines.ParseInteger(text, least, most);

    /// <summary>Says what is wrong in the present line.</summary>
    [DoesNotReturn]
    public void Fail(string what) => _lines.Fail(what);

    /// <summary>Refuses what follows the last line of a problem.</summary>
    public void RequireEnd(string announced)
    {
        if (Next() is not null)
        {
            Fail($"expected the end after {announced}: correct the count, or remove the lines from here on");
        }
    }

    private void Remember(string line)
    {
        Match setting = Setting().Match(line);
        if (!setting.Success)
        {
            return;
        }

        (string word, string value) = (setting.Groups["word"].Value, setting.Groups["value"].Value);
        if (word == "vartype")
        {
            Kind = value == ProblemHeader.Binary ? VariableKind.Binary : value == ProblemHeader.Spin ? VariableKind.Spin
                : Kind;
        }
        else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number))
        {
            (_offset, Scale) = word == "offset" ? (number, Scale) : (_offset, number);
        }
    }

    // Written here; and by bqpjson's converter, to qbsolv's files.
    [GeneratedRegex(@"^(.\s*(?<word>offset|vartype)=|c (?<word>offset|scale) : )(?<value>\S+)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Setting();
}
