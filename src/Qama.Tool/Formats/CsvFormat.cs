using System.Globalization;
using System.Text;
using System.Text.Json;
using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>A matrix, a row a line, as <see cref="MatrixFile"/> has it, and as spreadsheets and data frames write it:
/// semicolons or tabs, decimal commas beside semicolons, a row of names, a column of names.</summary>
internal sealed class CsvFormat : ProblemFormat
{
    public override string Id => "csv";

    public override string Title => "a matrix of comma-separated values";

    public override IReadOnlyList<string> Extensions => [".csv", ".tsv"];

    public override bool HasLabels => true;

    public override string? Refusal(PlainProblem problem) => problem.Size > ProblemHeader.LargestSize
        ? $"a matrix has at most {ProblemHeader.LargestSize} rows, and the problem {problem.Size} variables"
        : problem.Size == 0 ? "a matrix has at least one row" : null;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireOne(options, name);
        string? asked = options.Kind is null ? null : options.Kind == VariableKind.Spin ? ProblemHeader.Spin
            : ProblemHeader.Binary;
        var lines = new TextLines(reader, name);
        var header = new ProblemHeader(lines, asked);
        var matrix = new Rows(lines);
        while (lines.Next() is string line)
        {
            if (line.StartsWith('#'))
            {
                header.Read(line);
            }
            else
            {
                matrix.Add(line);
            }
        }

        matrix.Finish(header.Size);
        VariableKind kind = header.Vartype == ProblemHeader.Spin ? VariableKind.Spin : VariableKind.Binary;
        return MatrixTerms.Build(matrix.Entries, matrix.Size, kind, header.Offset ?? 0, name, matrix.Labels);
    }

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        writer.WriteLine($"# vartype={problem.Vartype}");
        if (problem.Offset != 0)
        {
            writer.WriteLine($"# offset={TextLines.Format(problem.Offset)}");
        }

        writer.WriteLine($"# size={problem.Size}");
        if (problem.Labels is not null)
        {
            // With a column of names, the row of names is told from numbers whatever it says.
            writer.WriteLine($",{string.Join(',', problem.Labels.Select(Quoted))}");
        }

        // Half of a pair's energy on either side; of spins the coupling on both.
        double share = problem.Kind == VariableKind.Binary ? 0.5 : 1;
        List<(int Column, double Value)>[] rows =
            [.. Enumerable.Range(0, problem.Size).Select(_ => new List<(int, double)>())];
        foreach ((int i, int j, double value) in problem.Terms)
        {
            rows[i].Add((j, i == j ? value : share * value));
            if (i != j)
            {
                rows[j].Add((i, share * value));
            }
        }

        for (int i = 0; i < problem.Size; i++)
        {
            string[] cells = new string[problem.Size];
            Array.Fill(cells, "0");
            rows[i].ForEach(cell => cells[cell.Column] = TextLines.Format(cell.Value));
            string first = problem.Labels is null ? "" : Quoted(problem.Labels[i]) + ",";
            writer.WriteLine($"{first}{string.Join(',', cells)}");
        }
    }

    private static string Quoted(string label) =>
        $"\"{VariableLabels.Plain(label).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The rows as they come.</summary>
    private sealed class Rows(TextLines lines)
    {
        private readonly List<string> _names = [];
        private char _separator;
        private bool _hasHeader;
        private bool _hasNames; // in the first column
        private int _columns;
        private int _rows;
        private double[]? _first; // of as many rows as columns and one more, the first may be numbers of columns

        public List<QuadraticTerm> Entries { get; } = [];

        public int Size => _columns;

        public IReadOnlyList<string>? Labels { get; private set; }

        public void Add(string line)
        {
            if (_separator == 0)
            {
                _separator = line.Contains(';', StringComparison.Ordinal) ? ';'
                    : line.Contains('\t', StringComparison.Ordinal) ? '\t' : ',';
            }

            List<string> cells = Split(line);
            if (_rows == 0 && !_hasHeader && cells.Any(c => Parse(c) is null))
            {
                _hasHeader = true;
                _names.AddRange(cells);
                return;
            }

            if (_rows == 0)
            {
                _hasNames = _hasHeader
                    && (_names[0].Length == 0 || _names.Count == cells.Count - 1 || Parse(cells[0]) is null);
                _columns = cells.Count - (_hasNames ? 1 : 0);
                Check(_columns);
            }

            if (_rows == 1 && !_hasHeader && cells.Count == _columns + 1)
            {
                DropFirst(); // numbers of columns, and each row begins with its own
                _hasNames = true;
            }

            if (cells.Count != _columns + (_hasNames ? 1 : 0))
            {
                lines.Fail($"expected {_columns + (_hasNames ? 1 : 0)} values, as in the first row, got {cells.Count}");
            }

            if (_rows == _columns)
            {
                DropNumbers();
            }

            var values = new double[_columns];
            for (int j = 0; j < _columns; j++)
            {
                string cell = cells[j + (_hasNames ? 1 : 0)];
                values[j] = Parse(cell) is { } number && double.IsFinite(number) ? number : Wrong(cell);
                if (values[j] != 0)
                {
                    Entries.Add(new(_rows, j, values[j]));
                }
            }

            _first ??= values;
            _rows++;
        }

        public void Finish(int? announced)
        {
            if (_rows != _columns || _rows == 0 || (announced is { } size && (size != _rows || !lines.EndsWithBreak)))
            {
                lines.Fail($"expected a square matrix of {announced ?? Math.Max(1, _columns)} whole rows, got {_rows}: "
                    + "the file is cut off, or no matrix");
            }

            if (_hasHeader)
            {
                if (_names.Count > _columns)
                {
                    _names.RemoveAt(0);
                }

                if (_names.Count != _columns)
                {
                    lines.Fail($"the row of names has {_names.Count} of them, and the matrix {_columns} columns");
                }

                Labels = VariableLabels.Unless([.. _names.Select(n =>
                    long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? n
                        : JsonSerializer.Serialize(n))]);
            }
        }

        private void DropNumbers()
        {
            bool fromZero = Enumerable.Range(0, _columns).All(j => _first![j] == j);
            if (_hasHeader || (!fromZero && !Enumerable.Range(0, _columns).All(j => _first![j] == j + 1)))
            {
                lines.Fail($"expected a square matrix of {_columns} rows, got more");
            }

            DropFirst(); // numbers of columns, as data frames without names are written
        }

        private void DropFirst()
        {
            _hasHeader = true;
            _names.AddRange(_first!.Select(v => v.ToString(CultureInfo.InvariantCulture)));
            Entries.RemoveAll(e => e.I == 0);
            for (int e = 0; e < Entries.Count; e++)
            {
                Entries[e] = Entries[e] with { I = Entries[e].I - 1 };
            }

            _rows--;
        }

        private void Check(int columns)
        {
            if (columns is < 1 or > ProblemHeader.LargestSize)
            {
                lines.Fail($"expected 1 to {ProblemHeader.LargestSize} columns, got {columns}");
            }
        }

        private double Wrong(string cell)
        {
            lines.Fail($"expected a finite number, got '{cell}'");
            return 0;
        }

        private double? Parse(string cell)
        {
            string text = _separator == ';' && !cell.Contains('.', StringComparison.Ordinal) ? cell.Replace(',', '.')
                : cell;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
                : null;
        }

        private List<string> Split(string line)
        {
            List<string> cells = [];
            var cell = new StringBuilder();
            bool quoted = false;
            for (int k = 0; k < line.Length; k++)
            {
                if (line[k] == '"')
                {
                    bool twice = quoted && k + 1 < line.Length && line[k + 1] == '"';
                    _ = twice ? cell.Append(line[k++]) : null;
                    quoted = twice || !quoted;
                }
                else if (line[k] == _separator && !quoted)
                {
                    cells.Add(cell.ToString().Trim());
                    cell.Clear();
                }
                else
                {
                    cell.Append(line[k]);
                }
            }

            cells.Add(cell.ToString().Trim());
            return cells;
        }
    }
}
