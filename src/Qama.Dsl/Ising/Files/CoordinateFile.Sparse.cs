using System.Globalization;
using Qama.Files;

namespace Qama.Ising.Files;

/// <content>Sparse problems. What is written is what a dense problem with the same coefficients is written
/// as.</content>
public static partial class CoordinateFile
{
    /// <summary>Variables of a sparse problem that may have fewer coefficients: 16 MB.</summary>
    private const int LargestUnmentioned = 1 << 20;

    /// <summary>Reads a QUBO without a matrix of it; coefficients are rounded to single precision.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the file
    /// is cut off, or its numbers do not fit single precision (<see cref="SparseQubo"/>).</exception>
    public static SparseQubo ReadSparseQubo(string path)
    {
        using StreamReader reader = InputFile.OpenText(path);
        return ReadSparseQubo(reader, path);
    }

    /// <summary>Reads a QUBO without a matrix of it; coefficients are rounded to single precision.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the text
    /// is cut off, or its numbers do not fit single precision (<see cref="SparseQubo"/>).</exception>
    public static SparseQubo ReadSparseQubo(TextReader reader, string name = "coordinate text") =>
        ReadSparse(reader, name, ProblemHeader.Binary, static (n, terms, offset) => new SparseQubo(n, terms, offset));

    /// <summary>Reads an Ising problem without a matrix of it; coefficients are rounded to single precision.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the file
    /// is cut off, or its numbers do not fit single precision (<see cref="SparseIsing"/>).</exception>
    public static SparseIsing ReadSparseIsing(string path)
    {
        using StreamReader reader = InputFile.OpenText(path);
        return ReadSparseIsing(reader, path);
    }

    /// <summary>Reads an Ising problem without a matrix of it; coefficients are rounded to single precision.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">A line is not what it should be; the message has its number. Or the text
    /// is cut off, or its numbers do not fit single precision (<see cref="SparseIsing"/>).</exception>
    public static SparseIsing ReadSparseIsing(TextReader reader, string name = "coordinate text") =>
        ReadSparse(reader, name, ProblemHeader.Spin, static (n, terms, offset) => new SparseIsing(n, terms, offset));

    /// <summary>Writes a sparse QUBO: header, then every coefficient that is not 0, row by row.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    public static void Write(TextWriter writer, SparseQubo problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        Write(writer, ProblemHeader.Binary, problem.Size, problem.Offset, problem.Terms());
    }

    /// <summary>Writes a sparse Ising problem: header, then every coefficient that is not 0, row by row.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="problem">The problem.</param>
    public static void Write(TextWriter writer, SparseIsing problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(problem);
        Write(writer, ProblemHeader.Spin, problem.Size, problem.Offset, problem.Terms());
    }

    /// <summary>Writes a sparse QUBO to a file, replacing it as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="IOException">The file cannot be written; an old one stays as it was.</exception>
    public static void Write(string path, SparseQubo problem) =>
        AtomicFiles.WriteText(path, writer => Write(writer, problem));

    /// <summary>Writes a sparse Ising problem to a file, replacing it as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <exception cref="IOException">The file cannot be written; an old one stays as it was.</exception>
    public static void Write(string path, SparseIsing problem) =>
        AtomicFiles.WriteText(path, writer => Write(writer, problem));

    /// <summary>Reads terms as the text has them, in double.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="vartype">The vartype that the text must have or leave out; null takes what the text says, which may be
    /// nothing.</param>
    internal static (string? Vartype, int Size, double Offset, List<QuadraticTerm> Terms) ReadTerms(
        TextReader reader, string name, string? vartype)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var lines = new TextLines(reader, name);
        var header = new ProblemHeader(lines, vartype, SparseTerms.LargestSize);
        (int size, double offset, List<QuadraticTerm> terms) = Read(lines, header, SparseTerms.LargestSize);
        if (size > LargestUnmentioned && terms.Count < size / 2)
        {
            lines.Fail(
                $"{size} variables with only {terms.Count} coefficients: "
                + $"above {LargestUnmentioned} variables expected a line for each of them ('i i 0' will do)");
        }

        return (header.Vartype, size, offset, terms);
    }

    /// <summary>Writes terms in double: header, then every coefficient, row by row.</summary>
    internal static void WriteTerms(
        TextWriter writer, string vartype, int size, double offset, IEnumerable<QuadraticTerm> terms) =>
        Write(writer, vartype, size, offset, terms);

    private static TProblem ReadSparse<TProblem>(
        TextReader reader, string name, string type, Func<int, List<QuadraticTerm>, double, TProblem> make)
    {
        (_, int size, double offset, List<QuadraticTerm> terms) = ReadTerms(reader, name, type);
        try
        {
            return make(size, terms, offset);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{name}: {e.Message}", e);
        }
    }

    private static void Write(TextWriter writer, string type, int size, double offset, IEnumerable<QuadraticTerm> terms)
    {
        var mentioned = new bool[size];
        long entries = 0;
        foreach (QuadraticTerm term in terms)
        {
            mentioned[term.I] = mentioned[term.J] = true;
            entries++;
        }

        WriteHeader(writer, type, size, offset, entries + mentioned.Count(m => !m));
        int next = 0; // the first variable that may not have been written though nothing mentions it
        foreach (QuadraticTerm term in terms)
        {
            WriteUnmentioned(term.I);
            writer.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{term.I} {term.J} {TextLines.FormatPlain(term.Value)}"));
        }

        WriteUnmentioned(size);

        void WriteUnmentioned(int end)
        {
            for (; next < end; next++)
            {
                if (!mentioned[next])
                {
                    writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{next} {next} 0"));
                }
            }
        }
    }
}
