using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>qbsolv's <c>.qubo</c>: comments begin with c, a line "p qubo 0 maxNodes nodes couplers", then "i i v" and
/// "i j v" from 0 (dwavesystems/qbsolv, README, "qbsolv QUBO input file format"). bqpjson's converter leaves scale and
/// offset, which the
/// format has no place for, in comments "scale : 2" and "offset : 1": the value is scale · (offset + xᵀQx).</summary>
internal sealed class QbsolvFormat : ProblemFormat
{
    public override string Id => "qubo";

    public override string Title => "a qbsolv file";

    public override IReadOnlyList<string> Extensions => [".qubo"];

    public override bool HoldsSpin => false;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireKind(VariableKind.Binary, options, name);
        RequireOne(options, name);
        var lines = new DataLines(reader, name, "cC");
        const string Header = "'p qubo 0 maxNodes nodes couplers'";
        string[] words = lines.Words(6, 6, Header);
        if (!words[0].Equals("p", StringComparison.OrdinalIgnoreCase)
            || !words[1].Equals("qubo", StringComparison.OrdinalIgnoreCase))
        {
            lines.Fail($"expected {Header}, got '{string.Join(' ', words)}'");
        }

        int size = lines.Integer(words[3], 0, PlainProblem.LargestSize);
        (int nodes, int couplers) =
            (lines.Integer(words[4], 0, int.MaxValue), lines.Integer(words[5], 0, int.MaxValue));
        (int nodesRead, int couplersRead, int zeroNodes, int zeroCouplers) = (0, 0, 0, 0);
        var terms = new TermList(size);
        while (lines.TryWords() is { } entry)
        {
            if (entry.Length != 3)
            {
                lines.Fail($"expected 'i j value', got '{string.Join(' ', entry)}'");
            }

            (int i, int j) = (lines.Integer(entry[0], 0, size - 1), lines.Integer(entry[1], 0, size - 1));
            double value = lines.Number(entry[2]);
            if (!terms.AddOnce(i, j, value))
            {
                lines.Fail($"{i} {j} was given before: add both values up in one line");
            }

            (nodesRead, couplersRead) = i == j ? (nodesRead + 1, couplersRead) : (nodesRead, couplersRead + 1);
            (zeroNodes, zeroCouplers) = value != 0 ? (zeroNodes, zeroCouplers)
                : i == j ? (zeroNodes + 1, zeroCouplers) : (zeroNodes, zeroCouplers + 1);
        }

        // Some count what is written, some what is not 0.
        bool isNodes = nodes == nodesRead || nodes == nodesRead - zeroNodes;
        bool isCouplers = couplers == couplersRead || couplers == couplersRead - zeroCouplers;
        if (!isNodes || !isCouplers)
        {
            lines.Fail(
                $"the line with p announces {nodes} nodes and {couplers} couplers, and there are {nodesRead} and "
                + $"{couplersRead}: "
                + "the file is cut off, or the line is to be corrected");
        }

        return terms.Build(VariableKind.Binary, lines.Offset, name, scale: lines.Scale);
    }

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        if (problem.Offset != 0)
        {
            writer.WriteLine($"c offset={TextLines.Format(problem.Offset)}");
        }

        writer.WriteLine($"p qubo 0 {problem.Size} {problem.LinearCount} {problem.PairCount}");
        foreach (bool linear in new[] { true, false })
        {
            foreach ((int i, int j, double value) in problem.Terms)
            {
                if (linear == (i == j))
                {
                    writer.WriteLine($"{i} {j} {TextLines.Format(value)}");
                }
            }
        }
    }
}
