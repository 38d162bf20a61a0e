using System.Text;

namespace Qama.Tool.Formats;

/// <summary>What a reader must be told where the file does not say it.</summary>
/// <param name="Kind">What the variables are; null leaves it to the file.</param>
/// <param name="Number">Which problem of a file with several, from 1; null for the only one.</param>
internal readonly record struct ReadOptions(VariableKind? Kind = null, int? Number = null);

/// <summary>A format of files.</summary>
internal abstract class ProblemFormat
{
    /// <summary>The name of the format on the command line (<c>--from</c>, <c>--to</c>), lower case.</summary>
    public abstract string Id { get; }

    /// <summary>What a file of the format is called in output and errors, such as "a qbsolv file".</summary>
    public abstract string Title { get; }

    /// <summary>Usual extensions, the dot included, lower case.</summary>
    public abstract IReadOnlyList<string> Extensions { get; }

    /// <summary>The encoding of its text.</summary>
    public virtual Encoding Encoding => Encoding.UTF8;

    /// <summary>Whether binary problems can be written.</summary>
    public virtual bool HoldsBinary => true;

    /// <summary>Whether problems in spins can be written.</summary>
    public virtual bool HoldsSpin => true;

    /// <summary>Whether other programs read the constant; otherwise it is a comment.</summary>
    public virtual bool HasOffset => false;

    /// <summary>Whether names of variables can be written.</summary>
    public virtual bool HasLabels => false;

    /// <summary>What a problem's author looks for in the file that is written.</summary>
    public virtual Objective WrittenObjective(Objective objective) => Objective.Least;

    /// <summary>The reason why a problem of a kind that it holds cannot be written; null where it can.</summary>
    public virtual string? Refusal(PlainProblem problem) => null;

    /// <summary>The constant as the file would have it.</summary>
    public virtual double WrittenOffset(PlainProblem problem) => problem.Offset;

    /// <summary>Whether it holds the kind.</summary>
    public bool Holds(VariableKind kind) => kind == VariableKind.Binary ? HoldsBinary : HoldsSpin;

    /// <summary>Reads a problem.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="options">What the file may not say.</param>
    /// <exception cref="InvalidDataException">The text is no such problem; the message has line and remedy.</exception>
    public abstract PlainProblem Read(TextReader reader, string name, ReadOptions options);

    /// <summary>Writes a problem that it holds.</summary>
    public abstract void Write(TextWriter writer, PlainProblem problem);

    /// <summary>Refuses a kind asked for where the format has one of its own.</summary>
    protected void RequireKind(VariableKind kind, ReadOptions options, string name)
    {
        if (options.Kind is { } asked && asked != kind)
        {
            throw new InvalidDataException(
                $"{name}: {Title} has {Word(kind)} variables: leave out --vartype, or convert with --as "
                + $"{Word(asked)}.");
        }
    }

    /// <summary>Refuses a number asked for where a file has one problem.</summary>
    protected static void RequireOne(ReadOptions options, string name)
    {
        if (options.Number is > 1)
        {
            throw new InvalidDataException($"{name}: the file has one problem: leave out --problem.");
        }
    }

    /// <summary>The word of the command line for a kind.</summary>
    internal static string Word(VariableKind kind) => kind == VariableKind.Binary ? "binary" : "spin";
}
