using System.Text.RegularExpressions;

namespace Qama.Ising.Files;

/// <summary>
/// What lines that start with # say about a problem: settings "key=value" or "key: value", one or several per line, in
/// any case. Lines without a known key are comments.
/// </summary>
internal sealed partial class ProblemHeader(TextLines lines, string? vartype,
    int largestSize = ProblemHeader.LargestSize)
{
    /// <summary>The vartype of a QUBO.</summary>
    public const string Binary = "BINARY";

    /// <summary>The vartype of an Ising problem.</summary>
    public const string Spin = "SPIN";

    /// <summary>Most variables that a dense problem has.</summary>
    public const int LargestSize = 46_340;

    /// <summary>The vartype: the one asked for, or where none is the text's; null where that has none either.</summary>
    public string? Vartype { get; private set; } = vartype;

    /// <summary>Number of variables.</summary>
    public int? Size { get; private set; }

    /// <summary>Number of lines with coefficients.</summary>
    public int? Entries { get; private set; }

    /// <summary>The constant part of the energy.</summary>
    public double? Offset { get; private set; }

    /// <summary>Takes in one line.</summary>
    /// <param name="line">The line, from its # on.</param>
    /// <exception cref="InvalidDataException">It contradicts the type asked for or an earlier line, or is no
    /// value.</exception>
    public void Read(string line)
    {
        string text = line.TrimStart('#').Trim();
        int end = 0;
        List<(string Key, string Value)> settings = [];
        for (Match m = Setting().Match(text); m.Success && m.Index == end; m = m.NextMatch())
        {
            settings.Add((m.Groups[1].Value.ToUpperInvariant(), m.Groups[2].Value));
            end = m.Index + m.Length;
        }

        if (!settings.Any(s => IsKnown(s.Key)))
        {
            // dimod finds this one behind other words too.
            Match type = VartypeSetting().Match(text);
            settings = type.Success ? [("VARTYPE", type.Groups[1].Value)] : [];
        }
        else if (end < text.Length)
        {
            lines.Fail($"expected settings as key=value, got '{text[end..]}'");
        }

        foreach ((string key, string value) in settings)
        {
            Apply(key, value);
        }
    }

    private static bool IsKnown(string key) => key is "VARTYPE" or "SIZE" or "ENTRIES" or "OFFSET";

    private void Apply(string key, string value)
    {
        switch (key)
        {
            case "VARTYPE":
                string type = value.ToUpperInvariant();
                if (Vartype is null ? type is not (Binary or Spin) : type != Vartype)
                {
                    lines.Fail($"expected a problem of vartype {Vartype ?? $"{Binary} or {Spin}"}, got {value}");
                }

                Vartype = type;
                break;
            case "SIZE":
                Size = Same(Size, lines.ParseInteger(value, 0, largestSize));
                break;
            case "ENTRIES":
                Entries = Same(Entries, lines.ParseInteger(value, 0, int.MaxValue));
                break;
            case "OFFSET":
                Offset = Same(Offset, lines.ParseNumber(value));
                break;
        }

        TValue Same<TValue>(TValue? before, TValue now)
            where TValue : struct
        {
            if (before is { } other && !other.Equals(now))
            {
                string name = key.ToLowerInvariant();
                lines.Fail(FormattableString.Invariant($"expected one {name}, got {other} before and {now} here"));
            }

            return now;
        }
    }

    [GeneratedRegex(@"\G[\s,;]*([A-Za-z_][\w.-]*)\s*[:=]\s*([^\s,;]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\bvartype\s*[:=]\s*([-_.A-Za-z0-9]*)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex VartypeSetting();
}
