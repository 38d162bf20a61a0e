using System.Globalization;
using Qama.Files;
using Qama.Ising.Precision;

namespace Qama.Ising.Files;

/// <summary>
/// Problems as a matrix of comma-separated values, one row per line, no names of columns: what machines' web pages take.
/// </summary>
/// <remarks>
/// <para>A QUBO: Q of E(x) = xᵀQx. Upper triangular, lower and symmetric matrices are all read; a symmetric one is written.
/// An Ising problem: J of Σ_{i&lt;j} J_ij σ_iσ_j on both sides, h of Σ h_i σ_i on the diagonal. An
/// <see cref="MachineProblem"/>: M of −σᵀMσ, the auxiliary spin last.</para>
/// <para>A constant has no place in a matrix: it is written as <c># offset=c</c> above it where it is not 0 and asked
/// for. A file starts with <c># size=n</c>, and so does text with an offset; with it, whatever is cut off is noticed.
/// Machines take no such lines: for them write to a <see cref="TextWriter"/>, without the offset. <c># vartype=</c>
/// must be BINARY for a QUBO and SPIN for an Ising problem; the settings are read as in a <see cref="CoordinateFile"/>,
/// and other lines that start with # are comments. Numbers are written so that they read back to the same bits.</para>
/// </remarks>
public static class MatrixFile
{
    /// <summary>Reads a QUBO.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The matrix is not square or cut off, a value is no finite number, or a
    /// line contradicts; the message has the line.</exception>
    public static QuboMatrix ReadQubo(string path)
    {
        using StreamReader reader = InputFile.OpenText(path);
        return ReadQubo(reader, path);
    }

    /// <summary>Reads a QUBO.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">The matrix is not square or cut off, a value is no finite number, or a
    /// line contradicts; the message has the line.</exception>
    public static QuboMatrix ReadQubo(TextReader reader, string name = "matrix")
    {
        (List<double[]> rows, double offset, _) = Read(reader, name, ProblemHeader.Binary);
        var qubo = new QuboMatrix(rows.Count) { Offset = offset };
        for (int i = 0; i < rows.Count; i++)
        {
            qubo.AddLinear(i, rows[i][i]);
            for (int j = 0; j < i; j++)
            {
                qubo.AddPair(i, j, rows[i][j]);
                qubo.AddPair(i, j, rows[j][i]);
            }
        }

        return qubo;
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The matrix is not square and symmetric or is cut off, a value is no
    /// finite number, or a line contradicts; the message has the line.</exception>
    public static IsingProblem ReadIsing(string path)
    {
        using StreamReader reader = InputFile.OpenText(path);
        return ReadIsing(reader, path);
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">The matrix is not square and symmetric or is cut off, a value is no
    /// finite number, or a line contradicts; the message has the line.</exception>
    public static IsingProblem ReadIsing(TextReader reader, string name = "matrix")
    {
        (List<double[]> rows, double offset, List<int> numbers) = Read(reader, name, ProblemHeader.Spin);
        var ising = new IsingProblem(rows.Count) { Offset = offset };
        for (int i = 0; i < rows.Count; i++)
        {
            ising.AddField(i, rows[i][i]);
            for (int j = 0; j < i; j++)
            {
                if (rows[i][j] != rows[j][i])
                {
                    throw new InvalidDataException(
                        $"{name}, line {numbers[i]}: expected a symmetric matrix, got {TextLines.Format(rows[i][j])} in column {j + 1} "
                        + $"and {TextLines.Format(rows[j][i])} on the other side.");
                }

                ising.AddCoupling(i, j, rows[i][j]);
            }
        }

        return ising;
    }

    /// <summary>Writes a QUBO, symmetric.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="offset">Whether a constant that is not 0 is written above the matrix; machines do not take
    /// it.</param>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite; nothing was written.</exception>
    public static void Write(TextWriter writer, QuboMatrix problem, bool offset = true)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        Write(writer, problem, offset, header: false);
    }

    /// <summary>Writes an Ising problem, J on both sides and h on the diagonal.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="offset">Whether a constant that is not 0 is written above the matrix.</param>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite; nothing was written.</exception>
    public static void Write(TextWriter writer, IsingProblem problem, bool offset = true)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        Write(writer, problem, offset, header: false);
    }

    /// <summary>Writes a machine's integers.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    public static void Write(TextWriter writer, MachineProblem problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        var rows = new int[problem.SpinCount + 1][];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new int[rows.Length];
        }

        foreach (MachineTerm term in problem.Terms)
        {
            rows[term.I][term.J] = rows[term.J][term.I] = term.Value;
        }

        foreach (int[] row in rows)
        {
            writer.WriteLine(string.Join(',', row.Select(v => v.ToString(CultureInfo.InvariantCulture))));
        }
    }

    /// <summary>Writes a QUBO to a file, replacing it as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written; an old one stays as it was.</exception>
    public static void Write(string path, QuboMatrix problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        AtomicFiles.WriteText(path, writer => Write(writer, problem, offset: true, header: true));
    }

    /// <summary>Writes an Ising problem to a file, replacing it as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite.</exception>
    /// <exception cref="IOException">The file cannot be written; an old one stays as it was.</exception>
    public static void Write(string path, IsingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        AtomicFiles.WriteText(path, writer => Write(writer, problem, offset: true, header: true));
    }

    private static (List<double[]> Rows, double Offset, List<int> Numbers) Read(
        TextReader reader, string name, string type)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new TextLines(reader, name);
        var header = new ProblemHeader(lines, type);
        (List<double[]> rows, List<int> numbers) = ([], []);
        while (lines.Next() is string line)
        {
            if (line.StartsWith('#'))
            {
                header.Read(line);
                continue;
            }

            string[] parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (rows.Count > 0 && parts.Length != rows[0].Length)
            {
                lines.Fail($"expected {rows[0].Length} values, as in the first row, got {parts.Length}");
            }

            if (parts.Length > ProblemHeader.LargestSize)
            {
                lines.Fail($"expected at most {ProblemHeader.LargestSize} values, got {parts.Length}");
            }

            rows.Add([.. parts.Select(lines.ParseNumber)]);
            numbers.Add(lines.Number);
            if (rows.Count > rows[0].Length)
            {
                lines.Fail($"expected a square matrix of {rows[0].Length} rows, got more");
            }
        }

        if (rows.Count > 0 && rows.Count < rows[0].Length)
        {
            lines.Fail($"expected a square matrix of {rows[0].Length} rows, got {rows.Count}");
        }

        if (header.Size is { } size ? size != rows.Count || !lines.EndsWithBreak : rows.Count == 0)
        {
            lines.Fail($"the matrix is cut off: expected {header.Size ?? 1} whole rows, got {rows.Count}");
        }

        return (rows, header.Offset ?? 0, numbers);
    }

    private static void Write(TextWriter writer, QuboMatrix problem, bool offset, bool header)
    {
        RequireFinite(problem.Coefficients, "coefficients");
        WriteHeader(writer, problem.Size, offset ? problem.Offset : 0, header);
        var values = new double[problem.Size];
        for (int i = 0; i < problem.Size; i++)
        {
            problem.Coefficients.Slice(i * problem.Size, problem.Size).CopyTo(values);
            WriteRow(writer, values);
        }
    }

    private static void Write(TextWriter writer, IsingProblem problem, bool offset, bool header)
    {
        RequireFinite(problem.Couplings, "couplings");
        RequireFinite(problem.Fields, "fields");
        WriteHeader(writer, problem.Size, offset ? problem.Offset : 0, header);
        var values = new double[problem.Size];
        for (int i = 0; i < problem.Size; i++)
        {
            problem.Couplings.Slice(i * problem.Size, problem.Size).CopyTo(values);
            values[i] = problem.Fields[i];
            WriteRow(writer, values);
        }
    }

    private static void WriteHeader(TextWriter writer, int size, double offset, bool header)
    {
        RequireFinite([offset], "offset");
        if (offset != 0)
        {
            writer.WriteLine($"# offset={TextLines.Format(offset)}");
        }

        // Behind the offset: a header that is cut off has no size.
        if (header || offset != 0 || size == 0)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# size={size}"));
        }
    }

    private static void RequireFinite(ReadOnlySpan<double> values, string what)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException($"Expected finite {what}, got {TextLines.Format(values[i])} at {i}.");
            }
        }
    }

    private static void WriteRow(TextWriter writer, double[] values) =>
        writer.WriteLine(string.Join(',', values.Select(TextLines.Format)));
}
