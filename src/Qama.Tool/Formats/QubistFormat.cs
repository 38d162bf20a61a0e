using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>D-Wave's Qubist, <c>.qh</c>: a line "variables lines", then "i i h" and "i j J" from 0, in spins.</summary>
internal sealed class QubistFormat : ProblemFormat
{
    public override string Id => "qh";

    public override string Title => "a Qubist file";

    public override IReadOnlyList<string> Extensions => [".qh", ".qubist"];

    public override bool HoldsBinary => false;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireKind(VariableKind.Spin, options, name);
        RequireOne(options, name);
        var lines = new DataLines(reader, name, "#");
        string[] sizes = lines.Words(2, 2, "'variables lines'");
        int size = lines.Integer(sizes[0], 0, PlainProblem.LargestSize),
        count = lines.Integer(sizes[1], 0, int.MaxValue);
        var terms = new TermList(size);
        for (int k = 0; k < count; k++)
        {
            string[] words = lines.Words(3, 3, $"'i j value', {count} lines of them");
            (int i, int j) = (lines.Integer(words[0], 0, size - 1), lines.Integer(words[1], 0, size - 1));
            if (!terms.AddOnce(i, j, lines.Number(words[2])))
            {
                lines.Fail($"{i} {j} was given before: add both values up in one line");
            }
        }

        lines.RequireEnd($"{count} lines");
        return terms.Build(VariableKind.Spin, lines.Offset, name);
    }

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        if (problem.Offset != 0)
        {
            writer.WriteLine($"# offset={TextLines.Format(problem.Offset)}");
        }

        writer.WriteLine($"{problem.Size} {problem.Terms.Count}");
        foreach ((int i, int j, double value) in problem.Terms)
        {
            writer.WriteLine($"{i} {j} {TextLines.Format(value)}");
        }
    }
}
