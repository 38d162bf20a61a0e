using System.Globalization;
using System.Text.RegularExpressions;

namespace Qama.Tool.Formats;

/// <summary>Finds a file's format by its first lines, and by its name where they leave several.</summary>
internal static partial class FormatDetector
{
    private static readonly char[] _separators = [',', ';', '\t'];

    /// <summary>The format.</summary>
    /// <param name="head">The file's beginning.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It cannot be told.</exception>
    public static ProblemFormat Find(string head, string path) =>
        OfContent(head, path) ?? throw new InvalidDataException(
        $"{path}: the format cannot be told from the file's beginning or its extension: name it with --from "
        + $"{string.Join('|', ProblemFormats.Names)}.");

    private static ProblemFormat? OfContent(string head, string path)
    {
        string[] lines =
        [
            .. head.TrimStart('\uFEFF').Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0),
        ];
        if (lines.Length == 0)
        {
            throw new InvalidDataException($"{path}: the file is empty.");
        }

        if (lines[0].StartsWith(DimodFileFormat.Magic, StringComparison.Ordinal))
        {
            return ProblemFormats.DimodFile;
        }

        if (head.Contains('\0', StringComparison.Ordinal) || head.Contains('\uFFFD', StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{path}: it is no file of text, nor a BQM file of dimod: what wrote it has to write one of the formats "
                + $"{string.Join(", ", ProblemFormats.Names)}.");
        }

        if (lines[0].StartsWith('{'))
        {
            return head.Contains("\"bqm_schema\"", StringComparison.Ordinal)
                || head.Contains("\"linear_biases\"", StringComparison.Ordinal)
                ? ProblemFormats.BqmJson
                : Regex.IsMatch(head, "\"(linear_terms|quadratic_terms|variable_domain|variable_ids)\"")
                ? ProblemFormats.BqpJson
                : ProblemFormats.OfExtension(path);
        }

        if (lines[0].StartsWith("%%MatrixMarket", StringComparison.OrdinalIgnoreCase))
        {
            return ProblemFormats.MatrixMarket;
        }

        if (lines.SkipWhile(l => l[0] is 'c' or 'C').FirstOrDefault() is { } problem && QbsolvHeader().IsMatch(problem))
        {
            return ProblemFormats.Qbsolv;
        }

        string[] data = [.. lines.Where(l => !"#!%".Contains(l[0], StringComparison.Ordinal))];
        bool vartype = lines.Any(l => l[0] == '#' && l.Contains("vartype", StringComparison.OrdinalIgnoreCase));
        return data.Length == 0
            ? vartype ? ProblemFormats.OfExtension(path) ?? ProblemFormats.Coordinate : ProblemFormats.OfExtension(path)
            : OfData(data, vartype, path);
    }

    private static ProblemFormat? OfData(string[] data, bool vartype, string path)
    {
        if (data.Length > 2 && QplibType().IsMatch(data[1]) && QplibSense().IsMatch(data[2]))
        {
            return ProblemFormats.Qplib;
        }

        // Commas in numbers are a table; tabs may be nothing but space between words.
        ProblemFormat? named = ProblemFormats.OfExtension(path);
        if (data[0].AsSpan().IndexOfAny(",;\t") is int separator and >= 0
            && (named == ProblemFormats.Csv
            || ((data[0][separator] != '\t' || (named is null && data[0].Split('\t').Length != 3))
            && data.Take(2).Any(l => l.Split(_separators).Any(IsNumber)))))
        {
            return ProblemFormats.Csv;
        }

        string[] words = data[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (!words.All(IsNumber))
        {
            return ProblemFormats.OfExtension(path);
        }

        return words.Length switch
        {
            3 => ProblemFormats.Coordinate,
            2 => vartype ? null : OfList(data, path),
            // The number of problems, or a matrix of one number.
            1 => data.Length > 1 ? ProblemFormats.OrLibrary : ProblemFormats.OfExtension(path) ?? ProblemFormats.Csv,
            _ => ProblemFormats.OfExtension(path),
        };
    }

    // "n m" and lines "i j w" are a graph, or a matrix that is minimised or maximised.
    private static ProblemFormat? OfList(string[] data, string path)
    {
        ProblemFormat? named = ProblemFormats.OfExtension(path)
            ?? (GraphName().IsMatch(Path.GetFileName(path)) ? ProblemFormats.Graph : null);
        bool diagonal = data.Skip(1).SkipLast(1).Any(l => Diagonal().IsMatch(l));
        return named == ProblemFormats.Graph && !diagonal ? named
            : named == ProblemFormats.OrLibrary || named == ProblemFormats.BiqMac || named == ProblemFormats.Qubist
                ? named
            : throw new InvalidDataException(
                $"{path}: lines 'n m' and 'i j value' may be {(diagonal ? "" : "a graph for max cut (--from mc), ")}a "
                + "matrix whose largest value "
                + "is looked for (--from bqp), or one whose least is (--from bq): say which.");
    }

    private static bool IsNumber(string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"^p\s+qubo\s", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QbsolvHeader();

    [GeneratedRegex(@"^[LDCQ][CBMIG][NBLDCQ](\s|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QplibType();

    [GeneratedRegex(@"^(minimize|maximize)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QplibSense();

    // Of the G-set, and of Biq Mac's library: their files have no extension that says anything.
    [GeneratedRegex(
        @"^(G\d+(\.txt)?|(g05|pm1[sd]|p?w\d\d)_\d+\.\d+|ising\d\.\d-\d+_\d+|t[23]g\d+_\d+(\.gsg)?|torus(g|pm)3-\d+(-\d+)?(\.dat)?)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex GraphName();

    [GeneratedRegex(@"^(\d+)\s+\1\s", RegexOptions.CultureInvariant)]
    private static partial Regex Diagonal();
}
