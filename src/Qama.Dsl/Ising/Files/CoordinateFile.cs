using System.Globalization;
using Qama.Files;

namespace Qama.Ising.Files;

/// <summary>
/// Problems as coordinate text (COO): one coefficient "i j value" per line, i and j from 0, each unordered pair once; i = j is
/// the linear coefficient.
/// </summary>
/// <remarks>
/// <para>A QUBO: the energy of the line is value·x_i·x_j, or value·x_i for i = j. An Ising problem: value·σ_i·σ_j, or
/// value·σ_i. Plus signs, as D-Wave's dimod writes them; dimod reads what is written here, and the other way
/// round.</para>
/// <para>Lines that start with # are comments, or the header, all parts of which may be left out when reading:
/// <c># vartype=BINARY</c> (or SPIN), <c># offset=c</c>, <c># entries=k</c>, the number of lines with coefficients, and
/// <c># size=n</c> (else the largest index plus one). A colon does for the sign of equality, several settings may stand
/// in a line, upper and lower case are the same; what contradicts is refused. Coefficients of a pair given several
/// times add up. Numbers are written without an exponent, which dimod skips with its line, and so that they read back
/// to the same bits. A variable without coefficients is written as <c>i i 0</c>.</para>
/// <para>A file with <c># entries</c> that was cut off anywhere is refused. Dense problems take 8·n² bytes, so a file
/// of more than 4,096 variables must have at least half as many coefficients as variables: one line cannot ask for
/// gigabytes. Of a sparse problem the same is asked from 1,048,576 variables on.</para>
/// </remarks>
public static partial class CoordinateFile
{
    /// <summary>Variables of a problem that may have fewer coefficients.</summary>
    private const int LargestSparse = 4096;

    /// <summary>Reads a QUBO.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the file
    /// is cut off, or the problem takes more memory than the process has.</exception>
    public static QuboMatrix ReadQubo(string path)
    {
        using StreamReader reader = InputFile.OpenText(path);
        return ReadQubo(reader, path);
    }

    /// <summary>Reads a QUBO.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the text
    /// is cut off, or the problem takes more memory than the process has.</exception>
    public static QuboMatrix ReadQubo(TextReader reader, string name = "coordinate text")
    {
        (int size, double offset, List<QuadraticTerm> entries) = Read(reader, name, ProblemHeader.Binary);
        var qubo = new QuboMatrix(size) { Offset = offset };
        foreach ((int i, int j, double value) in entries)
        {
            if (i == j)
            {
                qubo.AddLinear(i, value);
            }
            else
            {
                qubo.AddPair(i, j, value);
            }

            RequireFinite(qubo[i, j], i, j, name);
        }

        return qubo;
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the file
    /// is cut off, or the problem takes more memory than the process has.</exception>
    public static IsingProblem ReadIsing(string path)
    {
        using StreamReader reader = InputFile.OpenText(path);
        return ReadIsing(reader, path);
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the text
    /// is cut off, or the problem takes more memory than the process has.</exception>
    public static IsingProblem ReadIsing(TextReader reader, string name = "coordinate text")
    {
        (int size, double offset, List<QuadraticTerm> entries) = Read(reader, name, ProblemHeader.Spin);
        var ising = new IsingProblem(size) { Offset = offset };
        foreach ((int i, int j, double value) in entries)
        {
            if (i == j)
            {
                ising.AddField(i, value);
            }
            else
            {
                ising.AddCoupling(i, j, value);
            }

            RequireFinite(i == j ? ising.Fields[i] : ising[i, j], i, j, name);
        }

        return ising;
    }

    /// <summary>Writes a QUBO: header, then every coefficient that is not 0, row by row.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="ArgumentException">A coefficient, or the energy of a pair, is NaN or infinite; nothing was
    /// written.</exception>
    public static void Write(TextWriter writer, QuboMatrix problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        Write(
            writer, ProblemHeader.Binary, problem.Size, problem.Offset,
            (i, j) => (i == j ? 1 : 2) * problem.Coefficients[(i * problem.Size) + j]);
    }

    /// <summary>Writes an Ising problem: header, then every coefficient that is not 0, row by row.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite; nothing was written.</exception>
    public static void Write(TextWriter writer, IsingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        Write(
            writer, ProblemHeader.Spin, problem.Size, problem.Offset,
            (i, j) => i == j ? problem.Fields[i] : problem.Couplings[(i * problem.Size) + j]);
    }

    /// <summary>Writes a QUBO to a file, replacing it as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="ArgumentException">A coefficient, or the energy of a pair, is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written; an old one stays as it was.</exception>
    public static void Write(string path, QuboMatrix problem) =>
        AtomicFiles.WriteText(path, writer => Write(writer, problem));

    /// <summary>Writes an Ising problem to a file, replacing it as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written; an old one stays as it was.</exception>
    public static void Write(string path, IsingProblem problem) =>
        AtomicFiles.WriteText(path, writer => Write(writer, problem));

    private static (int Size, double Offset, List<QuadraticTerm> Entries) Read(TextReader reader, string name,
        string type)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new TextLines(reader, name);
        (int size, double offset, List<QuadraticTerm> entries) = Read(lines, type, ProblemHeader.LargestSize);
        RequireRoom(lines, size, entries.Count);
        return (size, offset, entries);
    }

    private static (int Size, double Offset, List<QuadraticTerm> Entries) Read(
        TextLines lines, string type, int largestSize) =>
        Read(lines, new ProblemHeader(lines, type, largestSize), largestSize);

    private static (int Size, double Offset, List<QuadraticTerm> Entries) Read(
        TextLines lines, ProblemHeader header, int largestSize)
    {
        int largest = -1;
        List<QuadraticTerm> entries = [];
        while (lines.Next() is string line)
        {
            if (line.StartsWith('#'))
            {
                header.Read(line);
                if (largest >= header.Size)
                {
                    lines.Fail($"expected a size above the index {largest}, got {header.Size}");
                }

                continue;
            }

            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 3)
            {
                lines.Fail($"expected 'i j value', got '{line}'");
            }

            int most = (header.Size ?? largestSize) - 1;
            (int i, int j) = (lines.ParseInteger(parts[0], 0, most), lines.ParseInteger(parts[1], 0, most));
            entries.Add(new(i, j, lines.ParseNumber(parts[2])));
            largest = Math.Max(largest, Math.Max(i, j));
        }

        RequireWhole(lines, header, entries.Count);
        return (header.Size ?? largest + 1, header.Offset ?? 0, entries);
    }

    private static void RequireWhole(TextLines lines, ProblemHeader header, int entries)
    {
        if (header.Entries is { } expected && (expected != entries || !lines.EndsWithBreak))
        {
            lines.Fail($"the text is cut off: expected {expected} whole lines with coefficients, got {entries}");
        }

        // The writer puts the size behind the rest of the header: what is cut off before has none.
        if (header.Size is null && entries == 0)
        {
            lines.Fail("the text is cut off: expected coefficients and a size");
        }
    }

    private static void RequireRoom(TextLines lines, int size, int entries)
    {
        long bytes = sizeof(double) * (long)size * size;
        if (size > LargestSparse && entries < size / 2)
        {
            lines.Fail(
                $"{size} variables take {bytes / 1_000_000} MB, and there are only {entries} coefficients: "
                + $"above {LargestSparse} variables expected a line for each of them ('i i 0' will do)");
        }

        if (bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
        {
            lines.Fail($"{size} variables take {bytes / 1_000_000} MB, more than this process may have");
        }
    }

    private static void RequireFinite(double sum, int i, int j, string name)
    {
        if (!double.IsFinite(sum))
        {
            throw new InvalidDataException($"{name}: the coefficients of {i} {j} add up to {TextLines.Format(sum)}.");
        }
    }

    private static void Write(
        TextWriter writer, string type, int size, double offset, Func<int, int, double> coefficient)
    {
        var mentioned = new bool[size];
        long entries = 0;
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                double value = coefficient(i, j);
                if (!double.IsFinite(value))
                {
                    throw new ArgumentException(
                        $"Expected finite coefficients, got {TextLines.Format(value)} for {i} {j}.");
                }

                mentioned[i] |= value != 0;
                mentioned[j] |= value != 0;
                entries += value != 0 ? 1 : 0;
            }
        }

        if (!double.IsFinite(offset))
        {
            throw new ArgumentException($"Expected a finite offset, got {TextLines.Format(offset)}.");
        }

        WriteHeader(writer, type, size, offset, entries + mentioned.Count(m => !m));
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                double value = coefficient(i, j);
                if (value != 0 || (i == j && !mentioned[i]))
                {
                    writer.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"{i} {j} {TextLines.FormatPlain(value)}"));
                }
            }
        }
    }

    // The size last: a header that is cut off has none.
    private static void WriteHeader(TextWriter writer, string type, int size, double offset, long entries)
    {
        writer.WriteLine($"# vartype={type}");
        writer.WriteLine($"# offset={TextLines.Format(offset)}");
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# entries={entries}"));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# size={size}"));
    }
}
