using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>The entries of a symmetric matrix, each pair once: a line "variables entries", then "i j q" from 1, for
/// Σ_ij q_ij x_i x_j. OR-Library's bqp files, which several problems may share after their number, are maximised (and
/// MQLib's); Biq Mac's are minimised.</summary>
/// <param name="largest">Whether the largest value is looked for.</param>
internal sealed class MatrixListFormat(bool largest) : ProblemFormat
{
    public override string Id => largest ? "bqp" : "bq";

    public override string Title => largest ? "an OR-Library file" : "a Biq Mac file";

    public override IReadOnlyList<string> Extensions => largest ? [".bqp"] : [".bq", ".sparse"];

    public override bool HoldsSpin => false;

    private double Sign => largest ? -1 : 1;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireKind(VariableKind.Binary, options, name);
        var lines = new DataLines(reader, name, "#");
        string[] words = lines.Words(1, 2, "'variables entries', or first the number of problems");
        int count = 1;
        if (words.Length == 1)
        {
            count = lines.Integer(words[0], 1, int.MaxValue);
            words = lines.Words(2, 2, "'variables entries'");
        }

        int wanted = options.Number ?? 1;
        if (wanted > count || (count > 1 && options.Number is null))
        {
            throw new InvalidDataException(
                count == 1 ? $"{name}: the file has one problem: leave out --problem."
                    : $"{name}: the file has {count} problems: give --problem with a number from 1 to {count}.");
        }

        for (int skipped = 1; skipped < wanted; skipped++)
        {
            ReadOne(lines, words, name);
            words = lines.Words(2, 2, "'variables entries'");
        }

        PlainProblem problem = ReadOne(lines, words, name);
        if (wanted == count)
        {
            lines.RequireEnd("the last entry");
        }

        return problem;
    }

    public override Objective WrittenObjective(Objective objective) => largest ? Objective.Largest : Objective.Least;

    public override double WrittenOffset(PlainProblem problem) => 0 + (Sign * problem.Offset);

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        if (problem.Offset != 0)
        {
            writer.WriteLine($"# offset={TextLines.Format(WrittenOffset(problem))}");
        }

        writer.WriteLine($"{problem.Size} {problem.Terms.Count}");
        foreach ((int i, int j, double value) in problem.Terms)
        {
            writer.WriteLine($"{i + 1} {j + 1} {TextLines.Format(Sign * value * (i == j ? 1 : 0.5))}");
        }
    }

    private PlainProblem ReadOne(DataLines lines, string[] sizes, string name)
    {
        int size = lines.Integer(sizes[0], 0, PlainProblem.LargestSize);
        int entries = lines.Integer(sizes[1], 0, int.MaxValue);
        var terms = new TermList(size);
        for (int e = 0; e < entries; e++)
        {
            string[] words = lines.Words(3, 3, $"'i j value', {entries} lines of them");
            (int i, int j) = (lines.Integer(words[0], 1, size), lines.Integer(words[1], 1, size));
            if (!terms.AddOnce(i - 1, j - 1, Sign * (i == j ? 1 : 2) * lines.Number(words[2])))
            {
                lines.Fail($"{i} {j} was given before; an entry stands for both sides of the matrix: remove one");
            }
        }

        return terms.Build(
            VariableKind.Binary, Sign * lines.Offset, name, largest ? Objective.Largest : Objective.Least);
    }
}
