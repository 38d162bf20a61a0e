using System.Globalization;

namespace Qama.Ising.Files;

/// <summary>
/// Problems as a matrix of comma-separated values, one row per line, no names of columns: what machines' web pages take.
/// </summary>
/// <remarks>
/// <para>A QUBO: Q of E(x) = xᵀQx. Upper triangular, lower and symmetric matrices are all read; a symmetric one is written.
/// An Ising problem: J of Σ_{i&lt;j} J_ij σ_iσ_j on both sides, h of Σ h_i σ_i on the diagonal. An
/// <see cref="IntegerIsingProblem"/>: M of −σᵀMσ, the auxiliary spin last.</para>
/// <para>A constant has no place in a matrix: it is written as a first line <c># offset=c</c> where it is not 0 and asked
/// for. Other lines that start with # are comments. Numbers are written so that they read back to the same bits.</para>
/// </remarks>
public static class MatrixFile
{
    /// <summary>Reads a QUBO.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The matrix is not square or a value is no finite number; the message has the
    /// line.</exception>
    public static QuboMatrix ReadQubo(string path)
    {
        using StreamReader reader = File.OpenText(path);
        return ReadQubo(reader, path);
    }

    /// <summary>Reads a QUBO.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">The matrix is not square or a value is no finite number; the message has the
    /// line.</exception>
    public static QuboMatrix ReadQubo(TextReader reader, string name = "matrix")
    {
        (List<double[]> rows, double offset, _) = Read(reader, name);
        var qubo = new QuboMatrix(rows.Count) { Offset = offset };
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = 0; j < rows.Count; j++)
            {
                qubo.AddPair(i, j, rows[i][j]);
            }
        }

        return qubo;
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The matrix is not square and symmetric, or a value is no finite number; the
    /// message has the line.</exception>
    public static IsingProblem ReadIsing(string path)
    {
        using StreamReader reader = File.OpenText(path);
        return ReadIsing(reader, path);
    }

    /// <summary>Reads an Ising problem.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">The matrix is not square and symmetric, or a value is no finite number; the
    /// message has the line.</exception>
    public static IsingProblem ReadIsing(TextReader reader, string name = "matrix")
    {
        (List<double[]> rows, double offset, List<int> numbers) = Read(reader, name);
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
    /// <param name="offset">Whether a constant that is not 0 is written as a first line; machines do not take it.</param>
    public static void Write(TextWriter writer, QuboMatrix problem, bool offset = true)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        WriteOffset(writer, offset ? problem.Offset : 0);
        var values = new double[problem.Size];
        for (int i = 0; i < problem.Size; i++)
        {
            problem.Coefficients.Slice(i * problem.Size, problem.Size).CopyTo(values);
            WriteRow(writer, values);
        }
    }

    /// <summary>Writes an Ising problem, J on both sides and h on the diagonal.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="offset">Whether a constant that is not 0 is written as a first line.</param>
    public static void Write(TextWriter writer, IsingProblem problem, bool offset = true)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        WriteOffset(writer, offset ? problem.Offset : 0);
        var values = new double[problem.Size];
        for (int i = 0; i < problem.Size; i++)
        {
            problem.Couplings.Slice(i * problem.Size, problem.Size).CopyTo(values);
            values[i] = problem.Fields[i];
            WriteRow(writer, values);
        }
    }

    /// <summary>Writes a machine's integers.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    public static void Write(TextWriter writer, IntegerIsingProblem problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        for (int i = 0; i < problem.Size; i++)
        {
            int[] row = problem.Couplings.Slice(i * problem.Size, problem.Size).ToArray();
            writer.WriteLine(string.Join(',', row.Select(v => v.ToString(CultureInfo.InvariantCulture))));
        }
    }

    /// <summary>Writes a QUBO to a file, replacing it.</summary>
    public static void Write(string path, QuboMatrix problem)
    {
        using StreamWriter writer = CoordinateFile.Create(path);
        Write(writer, problem);
    }

    /// <summary>Writes an Ising problem to a file, replacing it.</summary>
    public static void Write(string path, IsingProblem problem)
    {
        using StreamWriter writer = CoordinateFile.Create(path);
        Write(writer, problem);
    }

    private static (List<double[]> Rows, double Offset, List<int> Numbers) Read(TextReader reader, string name)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new TextLines(reader, name);
        (List<double[]> rows, List<int> numbers, double offset) = ([], [], 0);
        while (lines.Next() is string line)
        {
            if (line.StartsWith('#'))
            {
                if (TextLines.TrySetting(line, out string key, out string value) && key == "offset")
                {
                    offset = lines.ParseNumber(value);
                }

                continue;
            }

            string[] parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (rows.Count > 0 && parts.Length != rows[0].Length)
            {
                lines.Fail($"expected {rows[0].Length} values, as in the first row, got {parts.Length}");
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

        return (rows, offset, numbers);
    }

    private static void WriteOffset(TextWriter writer, double offset)
    {
        if (offset != 0)
        {
            writer.WriteLine($"# offset={TextLines.Format(offset)}");
        }
    }

    private static void WriteRow(TextWriter writer, double[] values) =>
        writer.WriteLine(string.Join(',', values.Select(TextLines.Format)));
}
