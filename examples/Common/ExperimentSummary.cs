using System.Text;
using System.Text.RegularExpressions;

namespace Qama.Examples.Common;

/// <summary>Pages of experiments say in a block at their beginning what came out, in three sentences, one table and at most one picture. The
/// summary of all experiments consists of these blocks.</summary>
public static partial class ExperimentSummary
{
    private const string Begin = "<!-- summary -->";
    private const string End = "<!-- end of summary -->";
    private const string Sentences = "summary.md";

    private static readonly string[] _order =
    [
        "images.md", "classification.md", "language.md", "recall.md", "brackets.md", "copying.md", "listops.md", "retrieval.md", "gradients.md",
        "equivalence.md", "scaling.md", "machine.md",
    ];

    /// <summary>Appends a page's block.</summary>
    /// <param name="text">The page.</param>
    /// <param name="results">Folder of results; its <c>summary.md</c> has what people say, if there is one.</param>
    /// <param name="headers">Headers of the table.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="picture">A picture as Markdown, links from the page; null for none.</param>
    public static void Append(
        StringBuilder text, string results, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows, string? picture = null)
    {
        text.AppendLine(Begin).AppendLine();
        string sentences = Path.Combine(results, Sentences);
        if (File.Exists(sentences))
        {
            text.AppendLine(File.ReadAllText(sentences).Trim()).AppendLine();
        }

        MarkdownTable.Append(text, headers, rows);
        if (picture is not null)
        {
            text.AppendLine(picture).AppendLine();
        }

        text.AppendLine(End).AppendLine();
    }

    /// <summary>Writes the summary from the blocks of all pages.</summary>
    /// <param name="pages">Folder of the pages.</param>
    /// <param name="summary">The Markdown file, in the folder above.</param>
    /// <exception cref="InvalidDataException">A page has half a block.</exception>
    public static void Write(string pages, string summary)
    {
        var text = new StringBuilder();
        text.AppendLine("""
            # Experiments

            Where the operator wins, and where it does not. Every number below is one that a run wrote; each task's page has all rows, the
            recipe, what was tried beside it, and the command that repeats every row. Of recall, brackets, copying and ListOps a variant that
            was trained in several ways has one row per length here: of those with most seeds the one with the best validation. Rows of several
            seeds have a spread, others are one run: read differences accordingly. What to declare for which problem follows in
            [which operator](choosing.md).
            """.ReplaceLineEndings("\n")).AppendLine();
        foreach (string page in Directory.GetFiles(pages, "*.md").OrderBy(Place).ThenBy(p => p, StringComparer.Ordinal))
        {
            string[] lines = File.ReadAllLines(page);
            int first = Array.IndexOf(lines, Begin), end = Array.IndexOf(lines, End);
            if (first < 0 && end < 0)
            {
                continue;
            }

            if (first < 0 || end < first)
            {
                throw new InvalidDataException($"'{page}': expected '{Begin}' and then '{End}', a line each.");
            }

            string name = Path.GetFileName(page), title = lines.First(l => l.StartsWith("# ", StringComparison.Ordinal))[2..];
            text.Append("## [").Append(title).Append("](experiments/").Append(name).AppendLine(")").AppendLine();
            string block = string.Join('\n', lines[(first + 1)..end]).Trim();
            text.AppendLine(Link().Replace(block, link => "](" + FromAbove(link.Groups[1].Value, name))).AppendLine();
        }

        File.WriteAllText(summary, text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");

        static int Place(string page) =>
            Array.IndexOf(_order, Path.GetFileName(page)) is >= 0 and int place ? place : _order.Length;
    }

    // Links of a page in the folder experiments, as the folder above has them.
    private static string FromAbove(string target, string page) => target switch
    {
        _ when target.StartsWith("../", StringComparison.Ordinal) => target[3..],
        _ when target.StartsWith('#') => "experiments/" + page + target,
        _ when target.Contains("://", StringComparison.Ordinal) => target,
        _ => "experiments/" + target,
    };

    [GeneratedRegex(@"\]\(([^)\s]*)")]
    private static partial Regex Link();
}
