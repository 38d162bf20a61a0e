using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Qama.Cim.Security;

/// <summary>What a text means if parts of it are encoded: escapes of URLs, JSON, HTML, C and quoted-printable, lists of bytes,
/// hexadecimal, base64 and base64url, of UTF-8 and UTF-16, and one inside another.</summary>
internal static partial class Encodings
{
    private const int Depth = 4;
    private const int MostTexts = 400;
    private const int ShortestRun = 5;
    private static readonly char[] _separators = [' ', ',', ';', '\t', '\r', '\n'];

    /// <summary>The readings of a text besides itself; as many as are worth looking at.</summary>
    public static IEnumerable<string> Decoded(string text)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { text };
        var level = new List<string> { text };
        for (int depth = 0; depth < Depth && level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (string reading in level.SelectMany(Readings))
            {
                if (seen.Count < MostTexts && reading.Length >= ShortestRun && seen.Add(reading))
                {
                    next.Add(reading);
                    yield return reading;
                }
            }

            level = next;
        }
    }

    private static IEnumerable<string> Readings(string text)
    {
        yield return WebUtility.HtmlDecode(Bytes().Replace(Characters().Replace(text, Character), Octets));
        yield return text.Replace('+', ' ');
        string dense = Space().Replace(text, "");
        if (dense.Length < text.Length)
        {
            yield return dense; // a line break, or a blank after each character
        }

        for (int shift = 0; shift < 2; shift++)
        {
            yield return Printable(HexRun().Matches(text).Select(m => Hex(m.Value, shift)));
        }

        yield return Printable(DecimalRun().Matches(text).Select(m => Decimal(m.Value)));
        for (int shift = 0; shift < 4; shift++)
        {
            yield return Printable(Base64Run().Matches(text).Select(m => Base64(m.Value, shift)));
        }
    }

    // Of the nonsense that plain text decodes to nothing is left to look at. UTF-16 becomes readable without its zeros.
    private static string Printable(IEnumerable<byte[]> runs)
    {
        string text = string.Join(' ', runs.Select(r => Encoding.UTF8.GetString(r).Replace("\0", "", StringComparison.Ordinal)));
        return string.Join(' ', PrintableRun().Matches(text).Select(m => m.Value));
    }

    private static string Character(Match match)
    {
        string digits = match.Groups["hex"].Value;
        bool isHex = digits.Length > 0;
        digits = isHex ? digits : match.Groups["decimal"].Value;
        if (digits.Length == 0 && match.Groups["octal"].Value is { Length: > 0 } octal)
        {
            return ((char)Convert.ToInt32(octal, 8)).ToString();
        }

        return digits.Length == 0 ? match.Groups["plain"].Value
            : int.TryParse(digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int code)
                && code is >= 0 and <= 0x10FFFF
                ? code <= 0xFFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code)
                : match.Value;
    }

    private static string Octets(Match match) =>
        Encoding.UTF8.GetString(Convert.FromHexString(match.Value.Replace("%", "", StringComparison.Ordinal).Replace("=", "", StringComparison.Ordinal)));

    private static byte[] Hex(string run, int shift)
    {
        string digits = NoHexDigit().Replace(run, "")[shift..];
        return Convert.FromHexString(digits.AsSpan(0, digits.Length & ~1));
    }

    private static byte[] Base64(string run, int shift)
    {
        string digits = run[shift..].Replace('-', '+').Replace('_', '/');
        digits = digits.Length % 4 == 1 ? digits[..^1] : digits;
        return Convert.FromBase64String(digits.PadRight((digits.Length + 3) & ~3, 'A'));
    }

    private static byte[] Decimal(string run) => [.. run.Split(_separators, StringSplitOptions.RemoveEmptyEntries)
        .Select(number => byte.TryParse(number, CultureInfo.InvariantCulture, out byte value) ? value : (byte)0)];

    [GeneratedRegex(@"[\\%]u(?<hex>[0-9a-f]{4})|\\u\{(?<hex>[0-9a-f]{1,6})\}|\\x(?<hex>[0-9a-f]{2})|\\(?<octal>[0-3][0-7]{2})"
        + @"|&\#x(?<hex>[0-9a-f]{1,6});?|&\#(?<decimal>[0-9]{1,7});?|\\[nrtbfv]|\\(?<plain>.)|=\r?\n|=(?==)", RegexOptions.IgnoreCase)]
    private static partial Regex Characters();

    [GeneratedRegex("(?:[%=][0-9a-f]{2})+", RegexOptions.IgnoreCase)]
    private static partial Regex Bytes();

    [GeneratedRegex(@"(?:(?:0x|\\x)?[0-9a-f]{2}[\s:,;_.-]{0,2}){5,}[0-9a-f]?", RegexOptions.IgnoreCase)]
    private static partial Regex HexRun();

    [GeneratedRegex("0x|[^0-9a-f]", RegexOptions.IgnoreCase)]
    private static partial Regex NoHexDigit();

    [GeneratedRegex(@"(?:[0-9]{2,3}[\s,;]{1,2}){4,}[0-9]{2,3}")]
    private static partial Regex DecimalRun();

    [GeneratedRegex("[A-Za-z0-9+/_-]{7,}")]
    private static partial Regex Base64Run();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"(?:[\t\r\n]|[^\p{C}\uFFFD]){5,}")]
    private static partial Regex PrintableRun();
}
