namespace Qama.Tool.Formats;

/// <summary>All formats, and which of them a file has.</summary>
internal static class ProblemFormats
{
    public static QbsolvFormat Qbsolv { get; } = new();

    public static CoordinateFormat Coordinate { get; } = new();

    public static BqmJsonFormat BqmJson { get; } = new();

    public static BqpJsonFormat BqpJson { get; } = new();

    public static GraphFormat Graph { get; } = new();

    public static MatrixListFormat OrLibrary { get; } = new(largest: true);

    public static MatrixListFormat BiqMac { get; } = new(largest: false);

    public static QplibFormat Qplib { get; } = new();

    public static MatrixMarketFormat MatrixMarket { get; } = new();

    public static CsvFormat Csv { get; } = new();

    public static QubistFormat Qubist { get; } = new();

    /// <summary>A format of bytes, which begin with its name: it has no place on the command line, and is not
    /// written.</summary>
    public static DimodFileFormat DimodFile { get; } = new();

    /// <summary>All that are read and written.</summary>
    public static IReadOnlyList<ProblemFormat> All { get; } =
        [Qbsolv, Coordinate, BqmJson, BqpJson, Graph, OrLibrary, BiqMac, Qplib, MatrixMarket, Csv, Qubist];

    /// <summary>Their names on the command line.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(f => f.Id)];

    /// <summary>The format of a name.</summary>
    public static ProblemFormat Named(string id) => All.First(f => f.Id == id);

    /// <summary>The format that a file's extension means; null where it means none.</summary>
    public static ProblemFormat? OfExtension(string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return All.FirstOrDefault(f => f.Extensions.Contains(extension));
    }

    /// <summary>Names of those that can be written, of the problem or of the problem in other variables.</summary>
    public static string ThatHold(PlainProblem problem, VariableKind? kind = null)
    {
        return string.Join(", ", All.Where(Holds).Select(f => f.Id));

        bool Holds(ProblemFormat format) => kind is { } one
            ? format.Holds(one) && format.Refusal(problem.As(one)) is null
            : Enum.GetValues<VariableKind>().Any(k => format.Holds(k) && format.Refusal(problem.As(k)) is null);
    }
}
