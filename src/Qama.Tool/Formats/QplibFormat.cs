using System.Text.Json;
using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>QPLIB's binary problems without constraints: ½ xᵀQx + bᵀx + c, of Q the lower triangle (Furini et al.,
/// Math. Prog. Comp. 11 (2019), appendix B).</summary>
internal sealed class QplibFormat : ProblemFormat
{
    private const string Inline = "#!%";

    public override string Id => "qplib";

    public override string Title => "a QPLIB file";

    public override IReadOnlyList<string> Extensions => [".qplib"];

    public override bool HoldsSpin => false;

    public override bool HasOffset => true;

    public override bool HasLabels => true;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireKind(VariableKind.Binary, options, name);
        RequireOne(options, name);
        var lines = new DataLines(reader, name, Inline);
        lines.Words(1, int.MaxValue, "the problem's name");
        string type = Words(lines, 1, "the type of the problem, QBN")[0].ToUpperInvariant();
        if (type.Length != 3 || !"LDCQ".Contains(type[0], StringComparison.Ordinal) || type[1] != 'B'
            || type[2] is not ('N' or 'B'))
        {
            lines.Fail($"expected binary variables without constraints, as QBN has, got '{type}': problems with others "
                + "cannot be read");
        }

        string sense = Words(lines, 1, "'minimize' or 'maximize'")[0].ToUpperInvariant();
        if (sense is not ("MINIMIZE" or "MAXIMIZE"))
        {
            lines.Fail($"expected 'minimize' or 'maximize', got '{sense}'");
        }

        double sign = sense == "MAXIMIZE" ? -1 : 1;
        int size = lines.Integer(Words(lines, 1, "the number of variables")[0], 0, PlainProblem.LargestSize);
        var terms = new TermList(size);
        if (type[0] != 'L')
        {
            ReadQuadratic(lines, terms, size, sign);
        }

        double usual = lines.Number(Words(lines, 1, "the default of linear coefficients")[0]);
        double[] linear = new double[size];
        Array.Fill(linear, usual);
        ReadEntries(lines, size, "linear coefficients", (i, text) => linear[i] = lines.Number(text));
        for (int i = 0; i < size; i++)
        {
            if (linear[i] != 0)
            {
                terms.Add(i, i, sign * linear[i]);
            }
        }

        double offset = sign * lines.Number(Words(lines, 1, "the constant")[0]);
        string[]? labels = ReadRest(lines, size);
        return terms.Build(VariableKind.Binary, offset, name, sign < 0 ? Objective.Largest : Objective.Least, labels);
    }

    public override Objective WrittenObjective(Objective objective) =>
        objective == Objective.Least ? Objective.Least : Objective.Largest;

    public override double WrittenOffset(PlainProblem problem) => problem.Value(problem.Offset);

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        double sign = problem.Objective == Objective.Least ? 1 : -1;
        writer.WriteLine("PROBLEM");
        writer.WriteLine("QBN");
        writer.WriteLine(sign > 0 ? "minimize" : "maximize");
        writer.WriteLine($"{problem.Size} # number of variables");
        writer.WriteLine($"{problem.PairCount} # number of quadratic terms in objective");
        WriteTerms(writer, problem.Terms.Where(t => t.I != t.J), t => $"{t.J + 1} {t.I + 1}", sign);
        writer.WriteLine("0 # default value for linear coefficients in objective");
        writer.WriteLine($"{problem.LinearCount} # number of non-default linear coefficients in objective");
        WriteTerms(writer, problem.Terms.Where(t => t.I == t.J), t => $"{t.I + 1}", sign);
        writer.WriteLine($"{TextLines.Format(WrittenOffset(problem))} # objective constant");
        writer.WriteLine("1E+30 # value for infinity");
        writer.WriteLine("0 # default variable primal value in starting point");
        writer.WriteLine("0 # number of non-default variable primal values in starting point");
        writer.WriteLine("0 # default variable bound dual value in starting point");
        writer.WriteLine("0 # number of non-default variable bound dual values in starting point");
        writer.WriteLine($"{problem.Labels?.Count ?? 0} # number of non-default variable names");
        for (int i = 0; i < problem.Labels?.Count; i++)
        {
            writer.WriteLine($"{i + 1} {VariableLabels.Plain(problem.Labels[i]).Replace(' ', '_')}");
        }

        writer.WriteLine("0 # number of non-default constraint names");
    }

    private static void WriteTerms(
        TextWriter writer, IEnumerable<QuadraticTerm> terms, Func<QuadraticTerm, string> place, double sign)
    {
        foreach (QuadraticTerm term in terms)
        {
            writer.WriteLine($"{place(term)} {TextLines.Format(sign * term.Value)}");
        }
    }

    private static void ReadQuadratic(DataLines lines, TermList terms, int size, double sign)
    {
        int count = lines.Integer(Words(lines, 1, "the number of quadratic terms")[0], 0, int.MaxValue);
        for (int t = 0; t < count; t++)
        {
            string[] words = Words(lines, 3, $"'i j value', {count} lines of them");
            (int i, int j) = (lines.Integer(words[0], 1, size), lines.Integer(words[1], 1, size));
            if (!terms.AddOnce(i - 1, j - 1, sign * lines.Number(words[2]) * (i == j ? 0.5 : 1)))
            {
                lines.Fail($"{i} {j} was given before; an entry stands for both sides of the matrix: remove one");
            }
        }
    }

    // Infinity, the starting point and names: no part of the problem but for the last, which files may leave out.
    private static string[]? ReadRest(DataLines lines, int size)
    {
        Words(lines, 1, "the value of infinity");
        foreach (string what in new[] { "starting values", "dual values" })
        {
            Words(lines, 1, $"the default of {what}");
            ReadEntries(lines, size, what, (_, _) => { });
        }

        if (lines.TryWords() is not { } names)
        {
            return null;
        }

        int count = lines.Integer(names[0], 0, size);
        string[]? labels = count == 0
            ? null : [.. Enumerable.Range(1, size).Select(i => JsonSerializer.Serialize($"x{i}"))];
        ReadEntries(lines, size, count, "names", (i, text) => labels![i] = JsonSerializer.Serialize(text));
        return labels;
    }

    private static void ReadEntries(DataLines lines, int size, string what, Action<int, string> set) =>
        ReadEntries(lines, size, lines.Integer(Words(lines, 1, $"the number of {what}")[0], 0, size), what, set);

    private static void ReadEntries(DataLines lines, int size, int count, string what, Action<int, string> set)
    {
        for (int k = 0; k < count; k++)
        {
            string[] words = Words(lines, 2, $"'i value', {count} lines of {what}");
            set(lines.Integer(words[0], 1, size) - 1, words[1]);
        }
    }

    // The first words of a line: what follows them is a remark, with or without a sign.
    private static string[] Words(DataLines lines, int count, string expected)
    {
        string[] words = lines.Words(1, int.MaxValue, expected);
        int end = Array.FindIndex(words, w => Inline.Contains(w[0], StringComparison.Ordinal));
        if ((end < 0 ? words.Length : end) < count)
        {
            lines.Fail($"expected {expected}, got '{string.Join(' ', words)}'");
        }

        return words[..count];
    }
}
