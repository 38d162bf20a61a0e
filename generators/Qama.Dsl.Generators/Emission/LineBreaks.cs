using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Qama.Generators.Emission;

/// <summary>Breaks lines of C# that are too long: comments between words, code where the fewest brackets are open, long literals of
/// text into a sum of shorter ones.</summary>
internal static class LineBreaks
{
    /// <summary>Columns of a line.</summary>
    public const int Columns = 120;

    private const int Indentation = 4;

    /// <summary>Columns that a line has at least, if it can: breaks before are for what has no other place.</summary>
    private const int Fewest = 40;

    /// <summary>Columns of a part of a long literal.</summary>
    private const int TextColumns = 70;

    /// <summary>Where a code line may go on in the next one: after these, or before these.</summary>
    private static readonly string[] _after = [", ", " => ", " = "];
    private static readonly string[] _before =
        [" + ", " - ", " * ", " / ", " ? ", " : ", " && ", " || ", " or ", " ?? ", " where ", " == ", " != ", " < ", " > ", " <= ", " >= "];

    private enum PlaceKind
    {
        Comma,
        Assignment,
        Operator,
        Types,
    }

    /// <summary>A place where a line may go on in the next one.</summary>
    private readonly record struct Place(int At, int Depth, PlaceKind Kind, bool IsOpening = false);

    /// <summary>A line without its indentation, as lines with theirs.</summary>
    /// <param name="line">The line.</param>
    /// <param name="indentation">Columns before it.</param>
    public static IEnumerable<string> Of(string line, int indentation)
    {
        int own = line.Length - line.TrimStart(' ').Length;
        indentation += own;
        line = line.Substring(own);
        if (indentation + line.Length <= Columns || line.StartsWith("#", System.StringComparison.Ordinal))
        {
            return [new string(' ', indentation) + line];
        }

        return line.StartsWith("//", System.StringComparison.Ordinal) ? Comment(line, indentation) : Code(line, indentation);
    }

    private static IEnumerable<string> Comment(string line, int indentation)
    {
        // "// " or "/// ".
        string start = new string(' ', indentation) + line.Substring(0, line.IndexOf(' ') + 1);
        string text = start;
        foreach (string word in line.Substring(line.IndexOf(' ') + 1).Split(' '))
        {
            if (text.Length > start.Length && text.Length + word.Length > Columns)
            {
                yield return text.TrimEnd(' ');
                text = start;
            }

            text += word + " ";
        }

        yield return text.TrimEnd(' ');
    }

    private static IEnumerable<string> Code(string line, int indentation)
    {
        line = SplitTexts(line);
        int next = indentation;
        while (next + line.Length > Columns && Break(line, Columns - next) is { At: > 0 } place)
        {
            yield return new string(' ', next) + line.Substring(0, place.At).TrimEnd(' ');
            line = line.Substring(place.At).TrimStart(' ');

            // Items of a list that began in another line stand below each other.
            next = place is { Depth: 0, Kind: PlaceKind.Comma } && next == indentation ? indentation : indentation + Indentation;
        }

        yield return new string(' ', next) + line;
    }

    /// <summary>Where the first part of a line ends: where the fewest brackets are open, rather between the items of a list than inside one,
    /// and late; with the whole list in the next line, if it fits there.</summary>
    private static Place Break(string line, int columns)
    {
        Place[] all = [.. Places(line)];
        Place[] fitting = [.. all.Where(p => p.At <= columns + 1)];
        if (fitting.Length == 0)
        {
            return all.FirstOrDefault();
        }

        Place best = fitting.OrderBy(p => p.At < Fewest).ThenBy(p => p.Depth).ThenBy(p => p.Kind).ThenByDescending(p => p.At).First();
        Place open = fitting.FirstOrDefault(p => p.Kind == PlaceKind.Comma && p.Depth == best.Depth && p.IsOpening);
        return best.Kind == PlaceKind.Comma && open.At > 0 && line.Length - open.At <= columns - Indentation ? open : best;
    }

    private static IEnumerable<Place> Places(string line)
    {
        int depth = 0;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c is '"' or '\'')
            {
                i = EndOfLiteral(line, i);
                continue;
            }

            bool opensTypes = c == '<' && i > 0 && line[i - 1] != ' ' && i + 1 < line.Length && line[i + 1] is not (' ' or '=');
            bool closesTypes = c == '>' && i > 0 && line[i - 1] is not (' ' or '=' or '-');
            depth += c is '(' or '[' or '{' || opensTypes ? 1 : c is ')' or ']' or '}' || closesTypes ? -1 : 0;
            if ((c == '(' && i + 1 < line.Length && line[i + 1] != ')') || opensTypes)
            {
                yield return new Place(i + 1, depth, opensTypes ? PlaceKind.Types : PlaceKind.Comma, true);
            }
            else if (c is not (',' or ' '))
            {
                continue; // what all of the marks begin with
            }
            else if (_after.FirstOrDefault(m => At(line, i, m)) is { } after)
            {
                yield return new Place(i + after.Length, depth, c == ',' ? PlaceKind.Comma : PlaceKind.Assignment);
            }
            else if (i > 0 && _before.Any(m => At(line, i, m)))
            {
                yield return new Place(i + 1, depth, PlaceKind.Operator);
            }
        }
    }

    /// <summary>Long literals as sums, each part ending with a space.</summary>
    private static string SplitTexts(string line)
    {
        var text = new StringBuilder();
        for (int i = 0; i < line.Length; i++)
        {
            int end = line[i] is '"' or '\'' ? EndOfLiteral(line, i) : i;
            bool isText = line[i] == '"' && end < line.Length && (i == 0 || line[i - 1] is not ('$' or '@'));
            int length = 0;
            for (; i < end; i++, length++)
            {
                text.Append(line[i]);
                if (isText && length >= TextColumns && line[i] == ' ')
                {
                    text.Append("\" + \"");
                    length = 0;
                }
            }

            if (i < line.Length)
            {
                text.Append(line[i]);
            }
        }

        return text.ToString();
    }

    private static bool At(string line, int index, string text) => string.CompareOrdinal(line, index, text, 0, text.Length) == 0;

    /// <summary>The closing quote of a literal; what stands in braces of an interpolated one may have quotes of its own.</summary>
    private static int EndOfLiteral(string line, int start)
    {
        bool isInterpolated = start > 0 && line[start - 1] == '$';
        int end = start + 1;
        for (int braces = 0; end < line.Length && (braces > 0 || line[end] != line[start]); end++)
        {
            braces += !isInterpolated ? 0 : line[end] == '{' ? 1 : line[end] == '}' ? -1 : 0;
            end = line[end] == '\\' ? end + 1 : braces > 0 && line[end] == '"' ? EndOfLiteral(line, end) : end;
        }

        return end;
    }
}
