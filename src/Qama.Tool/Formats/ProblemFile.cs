using System.Text;
using Qama.Files;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>Problems read from files and written to files.</summary>
internal static class ProblemFile
{
    private const int HeadLength = 1 << 16;

    /// <summary>Reads a problem.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">The format; null finds it.</param>
    /// <param name="options">What the file may not say.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no problem; the message has file, line and remedy.</exception>
    public static (PlainProblem Problem, ProblemFormat Format) Read(
        string path, ProblemFormat? from, ReadOptions options)
    {
        using StreamReader file = InputFile.OpenText(path);
        char[] head = new char[HeadLength];
        int length = file.ReadBlock(head);
        ProblemFormat format = from ?? FormatDetector.Find(new string(head, 0, length), path);
        if (format.Encoding != Encoding.UTF8)
        {
            using StreamReader bytes = InputFile.OpenText(path, format.Encoding);
            return (format.Read(bytes, path, options), format);
        }

        using var reader = new HeadReader(head.AsMemory(0, length), file);
        return (format.Read(reader, path, options), format);
    }

    /// <summary>Writes a problem, in other variables where the format has only those, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="to">The format.</param>
    /// <param name="kind">The variables asked for; null leaves them as they are where the format has them.</param>
    /// <returns>What the format cannot keep, a sentence each.</returns>
    /// <exception cref="InvalidDataException">The format cannot hold the problem; the message says which
    /// can.</exception>
    /// <exception cref="IOException">The file cannot be written; an old one stays as it was.</exception>
    public static (PlainProblem Written, IReadOnlyList<string> Warnings) Write(
        string path, PlainProblem problem, ProblemFormat to, VariableKind? kind)
    {
        VariableKind other = problem.Kind == VariableKind.Binary ? VariableKind.Spin : VariableKind.Binary;
        PlainProblem written = problem.As(kind ?? (to.Holds(problem.Kind) ? problem.Kind : other));
        string? refusal = to.Holds(written.Kind)
            ? to.Refusal(written) : $"{to.Title} has no {ProblemFormat.Word(written.Kind)} variables";
        if (refusal is not null)
        {
            throw new InvalidDataException(
                $"{path}: {refusal}. Formats that can hold the problem: "
                + $"{ProblemFormats.ThatHold(problem, kind)} (--to).");
        }

        AtomicFiles.WriteText(path, writer => to.Write(writer, written));
        return (written, [.. Warnings(written, to)]);
    }

    private static IEnumerable<string> Warnings(PlainProblem written, ProblemFormat to)
    {
        if (!to.HasOffset && to.WrittenOffset(written) is not 0 and double offset)
        {
            yield return $"{to.Title} has no place for the constant {TextLines.Format(offset)}: it is a comment, which "
                + "qama reads and others do not";
        }

        if (written.Labels is not null
            && (!to.HasLabels || (to == ProblemFormats.BqpJson && VariableLabels.Numbers(written.Labels) is null)))
        {
            yield return $"{to.Title} has no place for the names of variables: they are numbered in the same order";
        }

        bool larger = written.Objective != Objective.Least;
        if (larger != (to.WrittenObjective(written.Objective) != Objective.Least))
        {
            yield return larger
                ? "the file that was read is maximised and the one that was written is minimised: values have "
                    + "the other sign"
                : "the file that was read is minimised and the one that was written is maximised: values have "
                    + "the other sign";
        }
    }

    // The text from its beginning, though that has been looked at.
    private sealed class HeadReader(ReadOnlyMemory<char> head, StreamReader rest) : TextReader
    {
        private int _position;

        public override int Read(char[] buffer, int index, int count)
        {
            int length = Math.Min(count, head.Length - _position);
            if (length == 0)
            {
                return rest.Read(buffer, index, count);
            }

            head.Span.Slice(_position, length).CopyTo(buffer.AsSpan(index));
            _position += length;
            return length;
        }

        public override int Read() => _position < head.Length ? head.Span[_position++] : rest.Read();

        public override int Peek() => _position < head.Length ? head.Span[_position] : rest.Peek();
    }
}
