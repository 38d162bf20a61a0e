using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>A graph whose largest cut is looked for: rudy, the G-set, Biq Mac's <c>.mc</c>. A line "vertices edges",
/// then "i j weight" from 1; an edge without a weight has 1. Σ w_ij (1 − σ_i σ_j)/2 is the cut.</summary>
internal sealed class GraphFormat : ProblemFormat
{
    // What sums of a conversion to spins may be in place of 0, of what they add up.
    private const double Rounding = 1e-12;

    public override string Id => "mc";

    public override string Title => "a graph for max cut";

    public override IReadOnlyList<string> Extensions => [".mc", ".rud", ".rudy", ".gset", ".graph"];

    public override bool HoldsBinary => false;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireKind(VariableKind.Spin, options, name);
        RequireOne(options, name);
        var lines = new DataLines(reader, name, "#");
        string[] sizes = lines.Words(2, 2, "'vertices edges'");
        int size = lines.Integer(sizes[0], 0, PlainProblem.LargestSize);
        int edges = lines.Integer(sizes[1], 0, int.MaxValue);
        var terms = new TermList(size);
        for (int e = 0; e < edges; e++)
        {
            string[] words = lines.Words(2, 3, $"'i j weight', {edges} lines of them");
            (int i, int j) = (lines.Integer(words[0], 1, size), lines.Integer(words[1], 1, size));
            if (i == j)
            {
                lines.Fail($"an edge joins two vertices, and this one begins and ends at {i}: if the file is a matrix, "
                    + "give --from bqp or bq");
            }

            if (!terms.AddOnce(i - 1, j - 1, 0.5 * (words.Length == 3 ? lines.Number(words[2]) : 1)))
            {
                lines.Fail($"the edge {i} {j} was given before: add both weights up in one line");
            }
        }

        lines.RequireEnd($"{edges} edges");
        QuadraticTerm[] sum = terms.Sum(name);
        return terms.Build(VariableKind.Spin, -Total(sum) - lines.Offset, name, Objective.Cut);
    }

    public override string? Refusal(PlainProblem problem)
    {
        var sizes = new double[problem.Size];
        foreach ((int i, int j, double value) in problem.Terms)
        {
            (sizes[i], sizes[j]) = (sizes[i] + Math.Abs(value), sizes[j] + Math.Abs(value));
        }

        foreach ((int i, int j, double value) in problem.Terms)
        {
            if (i == j && !(Math.Abs(value) <= Rounding * sizes[i]))
            {
                return $"a graph has edges alone, and spin {i} has a field of {TextLines.Format(value)}";
            }
        }

        return null;
    }

    public override Objective WrittenObjective(Objective objective) => Objective.Cut;

    public override double WrittenOffset(PlainProblem problem)
    {
        // E = Σ J σσ' + Offset, and minus the cut is Σ J σσ' − Σ J.
        double offset = -(problem.Offset + Total(problem.Terms));
        return Math.Abs(offset) <= Rounding * problem.Terms.Sum(t => Math.Abs(t.Value)) ? 0 : offset;
    }

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        if (WrittenOffset(problem) is not 0 and double offset)
        {
            writer.WriteLine($"# offset={TextLines.Format(offset)}");
        }

        writer.WriteLine($"{problem.Size} {problem.PairCount}");
        foreach ((int i, int j, double value) in problem.Terms)
        {
            if (i != j)
            {
                writer.WriteLine($"{i + 1} {j + 1} {TextLines.Format(2 * value)}");
            }
        }
    }

    private static double Total(IEnumerable<QuadraticTerm> terms) => terms.Where(t => t.I != t.J).Sum(t => t.Value);
}
