using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>Lines "i j value", as dimod writes them, by <see cref="CoordinateFile"/>.</summary>
internal sealed class CoordinateFormat : ProblemFormat
{
    public override string Id => "coo";

    public override string Title => "a coordinate file";

    public override IReadOnlyList<string> Extensions => [".coo"];

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireOne(options, name);
        string? asked = options.Kind switch
        {
            VariableKind.Binary => ProblemHeader.Binary,
            VariableKind.Spin => ProblemHeader.Spin,
            _ => null,
        };
        (string? vartype, int size, double offset, List<QuadraticTerm> entries) =
            CoordinateFile.ReadTerms(reader, name, asked);
        if (vartype is null)
        {
            throw new InvalidDataException(
                $"{name}: the file does not say what its variables are: give --vartype binary or --vartype spin, "
                + "or begin it with the line '# vartype=BINARY' or '# vartype=SPIN'.");
        }

        var terms = new TermList(size, entries.Count);
        entries.ForEach(term => terms.Add(term.I, term.J, term.Value));
        return terms.Build(vartype == ProblemHeader.Spin ? VariableKind.Spin : VariableKind.Binary, offset, name);
    }

    public override void Write(TextWriter writer, PlainProblem problem) =>
        CoordinateFile.WriteTerms(writer, problem.Vartype, problem.Size, problem.Offset, problem.Terms);
}
