using System.Globalization;
using System.Text;
using Qama.Examples.Common;

namespace Qama.Examples.Sequences;

/// <summary>The page of retrieval: every number comes from the JSON results.</summary>
internal static class SequencePage
{
    /// <summary>Writes the page, if there are results.</summary>
    /// <param name="folder">Folder of results; may be missing.</param>
    /// <param name="pages">Folder of pages.</param>
    /// <exception cref="InvalidDataException">A file is no result.</exception>
    public static void Write(string folder, string pages)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        SequenceResult[] runs = [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(f => ResultFile.Read(f, SequenceJson.Default.SequenceResult))];
        if (runs.Length == 0)
        {
            return;
        }

        var text = new StringBuilder();
        text.AppendLine("# Retrieval over long sequences").AppendLine();
        ExperimentSummary.Append(
            text, folder, ["variant", "records", "tokens", "seeds", "test accuracy", "tokens per head"],
            Groups(runs.Where(r => r.Task == "repeated").OrderBy(r => r.Tokens)).Select(g => (string[])
            [
                $"{g[0].Variant}: {Variant.Find(g[0].Variant)?.Summary ?? "no longer declared"}", g[0].Task,
                g[0].Tokens.ToString(CultureInfo.InvariantCulture), g.Length.ToString(CultureInfo.InvariantCulture),
                Spread(g, r => r.TestAccuracy), Selection(g, s => s.TokensPerHead, "0.0"),
            ]));
        text.AppendLine($"""
            The last token names a key, one record far away holds the answer, and the tokens just before the question repeat the
            key with values that say nothing. *repeated*: every record lasts for a sixteenth of the sequence, so what is near is
            redundant. *single*: every record is one token. {RetrievalTask.Values} values: guessing gives {1.0 / RetrievalTask.Values:0.0%}. The declared
            classes differ in the attribute named ([examples/Sequences](../../examples/Sequences/Program.cs)). A selection with a budget is one set for
            all queries, and tokens that are alike attract each other: it fills up with copies of few records. `[LongRange]` spreads it,
            which shows it all records where they are repeated. Where each is a single token, no way of spreading a small set over many
            tokens makes it contain the right one; that takes choosing by content.
            """.ReplaceLineEndings("\n")).AppendLine();
        foreach (IGrouping<(string Task, int Tokens), SequenceResult> table in runs.GroupBy(r => (r.Task, r.Tokens))
            .OrderBy(g => g.Key.Tokens).ThenBy(g => g.Key.Task, StringComparer.Ordinal))
        {
            Table(text, table.Key.Task, table.Key.Tokens, table);
        }

        Commands(text, runs);
        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, "retrieval.md"), text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");
    }

    private static void Table(StringBuilder text, string task, int tokens, IEnumerable<SequenceResult> runs)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"## {tokens} tokens, {task} records").AppendLine();
        text.AppendLine("| variant | seeds | epochs | test accuracy | tokens per head | answer selected by a head | heads with the answer | mean distance from the question | s/epoch | parameters | variables |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (SequenceResult[] group in Groups(runs))
        {
            SequenceResult first = group[0];
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {first.Variant}: {Variant.Find(first.Variant)?.Summary ?? "no longer declared"} | {group.Length} | {first.Epochs.Count} | {Spread(group, r => r.TestAccuracy)} | {Selection(group, s => s.TokensPerHead, "0.0")} | {Selection(group, s => s.AnswerSelected, "0.0%")} | {Selection(group, s => s.HeadsWithAnswer, "0.00")} | {Selection(group, s => s.MeanDistance, "0")} | {Median(group):0.0} | {first.Parameters} | {first.VariablesPerSequence} |"));
        }

        text.AppendLine();
    }

    // Runs that differ in the seed only, in the order of the declarations.
    private static IEnumerable<SequenceResult[]> Groups(IEnumerable<SequenceResult> runs) => runs
        .GroupBy(r => (r.Task, r.Tokens, r.Variant, r.Epochs.Count, r.BatchSize, r.LearningRate, r.Sweeps, r.TrainingSequences))
        .Select(g => g.OrderBy(r => r.Seed).ToArray())
        .OrderBy(g => Variant.All.ToList().FindIndex(v => v.Name == g[0].Variant));

    private static void Commands(StringBuilder text, IEnumerable<SequenceResult> runs)
    {
        text.AppendLine("Again, behind `dotnet run -c Release --project examples/Sequences --` (one call per seed):").AppendLine().AppendLine("```");
        foreach (SequenceResult[] group in Groups(runs.OrderBy(r => r.Tokens)))
        {
            SequenceResult r = group[0];
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"--task {r.Task} --tokens {r.Tokens} --variant {r.Variant} --epochs {r.Epochs.Count} --sequences {r.TrainingSequences} --batch {r.BatchSize} --rate {r.LearningRate} --sweeps {r.Sweeps} --seed {string.Join('|', group.Select(g => g.Seed))}"));
        }

        text.AppendLine("```").AppendLine();
    }

    private static string Spread(SequenceResult[] runs, Func<SequenceResult, double> value) => SeedSpread.Percent(runs.Select(value), "0.0");

    private static string Selection(SequenceResult[] runs, Func<SelectionSummary, double> value, string format) => runs[0].Selection is null
        ? ""
        : runs.Average(r => value(r.Selection!)).ToString(format, CultureInfo.InvariantCulture);

    private static double Median(SequenceResult[] runs) =>
        SeedSpread.Median(runs.SelectMany(r => r.Epochs).Select(e => e.Seconds));
}
