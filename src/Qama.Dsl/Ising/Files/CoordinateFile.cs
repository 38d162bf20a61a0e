namespace Qama.Ising.Files;

/// <summary>
/// Problems as coordinate text (COO): one coefficient "i j value" per line, i and j from 0, each unordered pair once; i = j is
/// the linear coefficient.
/// </summary>
/// <remarks>
/// <para>A QUBO: the energy of the line is value·x_i·x_j, or value·x_i for i = j. An Ising problem: value·σ_i·σ_j, or
/// value·σ_i. Plus signs, as D-Wave's dimod writes them.</para>
/// <para>Lines that start with # are comments, or the header, all parts of which may be left out when reading:
/// <c># vartype=BINARY</c> (or SPIN), <c># size=n</c> (else the largest index plus one), <c># offset=c</c>. Coefficients of a
/// pair given several times add up. Numbers are written so that they read back to the same bits.</para>
/// </remarks>
public static class CoordinateFile
{
    private const string Binary = "BINARY";
    private const string Spin = "SPIN";
    private const int LargestSize = 46_340;

    /// <summary>Reads a QUBO.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number.</exception>
    public static QuboMatrix ReadQubo(string path)
    {
        using StreamReader reader = File.OpenText(path);
        return ReadQubo(reader, path);
    }

    /// <summary>Reads a QUBO.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number.</exception>
    public static QuboMatrix ReadQubo(TextReader reader, string name = "coordinate text")
    {
        (int size, double offset, List<(int I, int J, double Value)> entries) = Read(reader, name, Binary);
        var qubo = new QuboMatrix(size) { Offset = offset };
        foreach ((int i, int j, double value) in entries)
        {
            qubo.AddPair(i, j, value);
        }

        return qubo;
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number.</exception>
    public static IsingProblem ReadIsing(string path)
    {
        using StreamReader reader = File.OpenText(path);
        return ReadIsing(reader, path);
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number.</exception>
    public static IsingProblem ReadIsing(TextReader reader, string name = "coordinate text")
    {
        (int size, double offset, List<(int I, int J, double Value)> entries) = Read(reader, name, Spin);
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
        }

        return ising;
    }

    /// <summary>Writes a QUBO: header, then every coefficient that is not 0, row by row.</summary>
    public static void Write(TextWriter writer, QuboMatrix problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        WriteHeader(writer, Binary, problem.Size, problem.Offset);
        for (int i = 0; i < problem.Size; i++)
        {
            ReadOnlySpan<double> row = problem.Coefficients.Slice(i * problem.Size, problem.Size);
            WriteEntry(writer, i, i, row[i]);
            for (int j = i + 1; j < row.Length; j++)
            {
                WriteEntry(writer, i, j, 2 * row[j]);
            }
        }
    }

    /// <summary>Writes an Ising problem: header, then every coefficient that is not 0, row by row.</summary>
    public static void Write(TextWriter writer, IsingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        WriteHeader(writer, Spin, problem.Size, problem.Offset);
        for (int i = 0; i < problem.Size; i++)
        {
            ReadOnlySpan<double> row = problem.Couplings.Slice(i * problem.Size, problem.Size);
            WriteEntry(writer, i, i, problem.Fields[i]);
            for (int j = i + 1; j < row.Length; j++)
            {
                WriteEntry(writer, i, j, row[j]);
            }
        }
    }

    /// <summary>Writes a QUBO to a file, replacing it.</summary>
    public static void Write(string path, QuboMatrix problem)
    {
        using StreamWriter writer = Create(path);
        Write(writer, problem);
    }

    /// <summary>Writes an Ising problem to a file, replacing it.</summary>
    public static void Write(string path, IsingProblem problem)
    {
        using StreamWriter writer = Create(path);
        Write(writer, problem);
    }

    internal static StreamWriter Create(string path) => new(path) { NewLine = "\n" };

    private static (int Size, double Offset, List<(int, int, double)> Entries) Read(TextReader reader, string name, string type)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new TextLines(reader, name);
        (int size, int largest, double offset) = (-1, -1, 0);
        List<(int, int, double)> entries = [];
        while (lines.Next() is string line)
        {
            if (line.StartsWith('#'))
            {
                ReadSetting(lines, line, type, largest, ref size, ref offset);
                continue;
            }

            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 3)
            {
                lines.Fail($"expected 'i j value', got '{line}'");
            }

            int most = (size < 0 ? LargestSize : size) - 1;
            (int i, int j) = (lines.ParseInteger(parts[0], 0, most), lines.ParseInteger(parts[1], 0, most));
            entries.Add((i, j, lines.ParseNumber(parts[2])));
            largest = Math.Max(largest, Math.Max(i, j));
        }

        return (size < 0 ? largest + 1 : size, offset, entries);
    }

    private static void ReadSetting(TextLines lines, string line, string type, int largest, ref int size, ref double offset)
    {
        if (!TextLines.TrySetting(line, out string key, out string value))
        {
            return;
        }

        switch (key)
        {
            case "vartype" when value != type:
                lines.Fail($"expected a problem of vartype {type}, got {value}");
                break;
            case "size":
                size = lines.ParseInteger(value, 0, LargestSize);
                if (largest >= size)
                {
                    lines.Fail($"expected a size above the index {largest}, got {size}");
                }

                break;
            case "offset":
                offset = lines.ParseNumber(value);
                break;
        }
    }

    private static void WriteHeader(TextWriter writer, string type, int size, double offset)
    {
        writer.WriteLine($"# vartype={type}");
        writer.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"# size={size}"));
        writer.WriteLine($"# offset={TextLines.Format(offset)}");
    }

    private static void WriteEntry(TextWriter writer, int i, int j, double value)
    {
        if (value != 0)
        {
            writer.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{i} {j} {TextLines.Format(value)}"));
        }
    }
}
