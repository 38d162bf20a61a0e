using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>A square matrix in MatrixMarket's exchange format (math.nist.gov/MatrixMarket/formats.html): coordinate or
/// array, real, integer or pattern, general or symmetric.</summary>
internal sealed class MatrixMarketFormat : ProblemFormat
{
    private const string Banner = "%%MatrixMarket";
    private const string Expected = "'%%MatrixMarket matrix coordinate|array real|integer|pattern general|symmetric'";

    public override string Id => "mtx";

    public override string Title => "a MatrixMarket file";

    public override IReadOnlyList<string> Extensions => [".mtx"];

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireOne(options, name);
        string[] banner = (reader.ReadLine() ?? "").TrimStart('\uFEFF').Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (banner.Length != 5 || !Is(banner[0], Banner) || !Is(banner[1], "matrix")
            || !Is(banner[2], "coordinate", "array")
            || !Is(banner[3], "real", "integer", "pattern") || !Is(banner[4], "general", "symmetric")
            || (Is(banner[2], "array") && Is(banner[3], "pattern")))
        {
            throw new InvalidDataException($"{name}, line 1: expected {Expected}, got '{string.Join(' ', banner)}'.");
        }

        var lines = new DataLines(new LineAfter(reader), name, "%");
        bool symmetric = Is(banner[4], "symmetric");
        (int size, List<QuadraticTerm> entries) = Is(banner[2], "array")
            ? Array(lines, symmetric) : Coordinates(lines, symmetric, Is(banner[3], "pattern"));
        if (lines.Kind is { } kind && options.Kind is { } asked && kind != asked)
        {
            throw new InvalidDataException(
                $"{name}: the file says that its variables are {Word(kind)}: leave out --vartype.");
        }

        return MatrixTerms.Build(entries, size, options.Kind ?? lines.Kind ?? VariableKind.Binary, lines.Offset, name);
    }

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        // A coupling has to stand on both sides; of a QUBO the upper triangle is the same problem, without halves.
        bool spins = problem.Kind == VariableKind.Spin;
        writer.WriteLine($"{Banner} matrix coordinate real {(spins ? "symmetric" : "general")}");
        writer.WriteLine($"% vartype={problem.Vartype}");
        if (problem.Offset != 0)
        {
            writer.WriteLine($"% offset={TextLines.Format(problem.Offset)}");
        }

        writer.WriteLine($"{problem.Size} {problem.Size} {problem.Terms.Count}");
        foreach ((int i, int j, double value) in problem.Terms)
        {
            (int row, int column) = spins ? (j, i) : (i, j); // symmetric files have the lower triangle
            writer.WriteLine($"{row + 1} {column + 1} {TextLines.Format(value)}");
        }
    }

    private static (int Size, List<QuadraticTerm> Entries) Coordinates(DataLines lines, bool symmetric, bool pattern)
    {
        string[] sizes = lines.Words(3, 3, "'rows columns entries'");
        int size = Square(lines, sizes);
        int count = lines.Integer(sizes[2], 0, int.MaxValue);
        List<QuadraticTerm> entries = [];
        for (int e = 0; e < count; e++)
        {
            string[] words = pattern
                ? lines.Words(2, 2, $"'row column', {count} lines of them")
                : lines.Words(3, 3, $"'row column value', {count} lines of them");
            (int i, int j) = (lines.Integer(words[0], 1, size) - 1, lines.Integer(words[1], 1, size) - 1);
            Add(entries, i, j, pattern ? 1 : lines.Number(words[2]), symmetric);
        }

        lines.RequireEnd($"{count} entries");
        return (size, entries);
    }

    private static (int Size, List<QuadraticTerm> Entries) Array(DataLines lines, bool symmetric)
    {
        int size = Square(lines, lines.Words(2, 2, "'rows columns'"));
        List<QuadraticTerm> entries = [];
        Queue<string> words = new();
        for (int j = 0; j < size; j++)
        {
            for (int i = symmetric ? j : 0; i < size; i++)
            {
                if (words.Count == 0)
                {
                    words = new(lines.Words(1, int.MaxValue, "values column by column, as many as the matrix has"));
                }

                Add(entries, i, j, lines.Number(words.Dequeue()), symmetric);
            }
        }

        if (words.Count > 0)
        {
            lines.Fail("expected the end after the last value");
        }

        lines.RequireEnd("the last value");
        return (size, entries);
    }

    private static int Square(DataLines lines, string[] sizes)
    {
        int size = lines.Integer(sizes[0], 0, PlainProblem.LargestSize);
        if (lines.Integer(sizes[1], 0, PlainProblem.LargestSize) != size)
        {
            lines.Fail($"expected a square matrix, got {sizes[0]} rows and {sizes[1]} columns");
        }

        return size;
    }

    private static void Add(List<QuadraticTerm> entries, int i, int j, double value, bool symmetric)
    {
        if (value == 0)
        {
            return;
        }

        entries.Add(new(i, j, value));
        if (symmetric && i != j)
        {
            entries.Add(new(j, i, value));
        }
    }

    private static bool Is(string word, params ReadOnlySpan<string> words)
    {
        foreach (string w in words)
        {
            if (word.Equals(w, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Lines are counted from the file's first, which was read.
    private sealed class LineAfter(TextReader rest) : TextReader
    {
        private bool _begun;

        public override int Read(char[] buffer, int index, int count)
        {
            if (_begun || count == 0)
            {
                return rest.Read(buffer, index, count);
            }

            _begun = true;
            buffer[index] = '\n';
            return 1;
        }
    }
}
