using System.Globalization;
using System.Text;
using Qama.Examples.Common;

namespace Qama.Examples.LongTasks;

/// <summary>Writes a page per task: every number is one that a run wrote, or a published one with its source.</summary>
internal static class TaskPages
{
    private const string Program = "dotnet run -c Release --project examples/LongTasks --";

    /// <summary>Writes the pages of the tasks that have results.</summary>
    /// <param name="results">Folder with a folder of results for each task, and in it <c>notes.md</c> with what people
    /// say about them.</param>
    /// <param name="pages">Where the pages go.</param>
    /// <exception cref="InvalidDataException">There are no results at all, or a file is not one.</exception>
    public static void Write(string results, string pages)
    {
        Directory.CreateDirectory(pages);
        bool any = Page("recall.md", "Associative recall", (RecallTask.Name, PublishedResults.Recall));
        any |= Page(
            "copying.md", "Selective copying and induction", (CopyingTask.Name, PublishedResults.Copying),
            (InductionTask.Name, PublishedResults.Induction));
        any |= Page("listops.md", "ListOps", (ListOpsTask.Name, PublishedResults.ListOps));
        any |= Page("brackets.md", "Bracket matching", (BracketTask.Name, PublishedResults.Brackets));
        if (!any)
        {
            throw new InvalidDataException($"There are no results in '{results}'.");
        }

        bool Page(string file, string title, params (string Task, string Rules)[] sections)
        {
            var text = new StringBuilder();
            text.Append("# ").AppendLine(title).AppendLine();
            text.AppendLine(
                $"Made by `{Program} report` from results of runs: every number of ours is one that a run wrote.");
            text.AppendLine();
            (string Folder, IReadOnlyList<ResultGroup> Groups)[] found =
            [
                .. sections.Select(s => Path.Combine(results, s.Task)).Zip(sections, (folder, section) =>
                    (folder, ResultGroup.Best(ResultFolder.Read(folder, section.Task)))),
            ];
            if (found.All(f => f.Groups.Count == 0))
            {
                return false;
            }

            ExperimentSummary.Append(
                text, found[0].Folder, ["task", "tokens", "variant", "sequences x epochs", "seeds", "test accuracy", "tokens per head"],
                found.SelectMany(f => ResultGroup.Headlines(f.Groups).Select(SummaryRow)));
            foreach (((string task, string rules), (string folder, IReadOnlyList<ResultGroup> groups)) in sections.Zip(found))
            {
                if (groups.Count > 0)
                {
                    Section(text, sections.Length > 1, rules, ResultFolder.Notes(folder), groups);
                }
            }

            File.WriteAllText(Path.Combine(pages, file), text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");
            return true;
        }
    }

    private static IReadOnlyList<string> SummaryRow(ResultGroup group) =>
    [
        group.First.Task, Text(group.First.Length), $"{group.First.Variant}: {Variant.Find(group.First.Variant)?.Summary ?? "no longer declared"}",
        group.Budget, Text(group.Runs.Count), group.Spread(r => r.TestAccuracy),
        group.Mean(s => s.TokensPerHead, "0.0"),
    ];

    private static void Section(
        StringBuilder text, bool titled, string rules, string notes, IReadOnlyList<ResultGroup> groups)
    {
        if (titled)
        {
            string title = groups[0].First.Task;
            text.Append("## ").Append(char.ToUpperInvariant(title[0])).AppendLine(title[1..]).AppendLine();
        }

        text.AppendLine(rules.ReplaceLineEndings("\n").Trim()).AppendLine();
        if (notes.Length > 0)
        {
            text.AppendLine(notes).AppendLine();
        }

        string heading = titled ? "###" : "##";
        foreach (IGrouping<(int Length, int Vocabulary, string? Blanks), ResultGroup> table in groups
            .GroupBy(g => (g.First.Length, g.First.Vocabulary, g.First.Blanks)))
        {
            string blanks = table.Key.Blanks == "random" ? ", blanks at random" : "";
            string ids = table.Key.Vocabulary != RecallTask.PublishedVocabulary && table.Key.Blanks is not null
                ? $", {table.Key.Vocabulary} ids instead of {RecallTask.PublishedVocabulary}" : "";
            string length = table.Key.Length.ToString("#,0", CultureInfo.InvariantCulture);
            text.Append(heading).Append(" Length ").Append(length).Append(ids).AppendLine(blanks).AppendLine();
            Table(text, table);
            LongerTable(text, table);
        }

        text.AppendLine(
            $"Again, behind `{Program}` (one call per seed; of several rates the row is that with the best validation):");
        text.AppendLine();
        text.AppendLine("```");
        foreach (ResultGroup group in groups)
        {
            text.AppendLine(group.Command);
        }

        text.AppendLine("```").AppendLine();
    }

    private static void Table(StringBuilder text, IEnumerable<ResultGroup> groups)
    {
        string[] headers =
        [
            "variant", "seeds", "sequences x epochs", "rate", "validation", "test accuracy", "tokens per head",
            "answers selected", "processor ms per step", "sequences per step", "parameters", "variables",
        ];
        MarkdownTable.Append(text, headers, groups.Select(group =>
        {
            TaskResult first = group.First;
            return (string[])
            [
                $"{first.Variant}: {Variant.Find(first.Variant)?.Summary ?? "no longer declared"}", Text(group.Runs.Count),
                group.Budget, first.Rate.ToString(CultureInfo.InvariantCulture),
                group.Spread(r => r.Epochs[^1].ValidationAccuracy), group.Spread(r => r.TestAccuracy),
                group.Mean(s => s.TokensPerHead, "0.0"), group.Mean(s => s.AnswersSelected, "0.0%"),
                Text(1000 * group.Runs.Average(ResultGroup.ProcessorSecondsPerStep)), Text(first.Batch),
                Text(first.Parameters), Text(first.VariablesPerSequence),
            ];
        }));
    }

    private static string Text(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static void LongerTable(StringBuilder text, IEnumerable<ResultGroup> groups)
    {
        ResultGroup[] tested = [.. groups.Where(g => g.First.Longer.Count > 0)];
        if (tested.Length == 0)
        {
            return;
        }

        int[] lengths = [.. tested.SelectMany(g => g.First.Longer).Select(l => l.Tokens).Distinct().Order()];
        text.AppendLine("The same models on longer sequences: accuracy (share of answers selected; seconds a sequence).");
        text.AppendLine();
        MarkdownTable.Append(
            text, ["variant", .. lengths.Select(n => Text(n))],
            tested.Select(group => (string[])[group.First.Variant, .. lengths.Select(n => Longer(group, n))]));
    }

    private static string Longer(ResultGroup group, int tokens)
    {
        LongerTest[] tests = [.. group.Runs.SelectMany(r => r.Longer).Where(l => l.Tokens == tokens)];
        if (tests.Length == 0)
        {
            return "";
        }

        string selected = tests[0].AnswersSelected is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{tests.Average(t => t.AnswersSelected!.Value):0.0%}; ");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tests.Average(t => t.Accuracy):0.0%} ({selected}{tests.Average(t => t.SecondsPerSequence):0.00} s)");
    }
}
