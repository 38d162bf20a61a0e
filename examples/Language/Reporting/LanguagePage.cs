using System.Globalization;
using System.Text;
using Qama.Examples.Common;
using static System.FormattableString;

namespace Qama.Examples.Language;

/// <summary>Writes the page of results: every number comes from the JSON files, the comments from <c>notes.md</c> beside
/// them.</summary>
internal static class LanguagePage
{
    private const string Notes = "notes.md";

    /// <summary>Writes the page.</summary>
    /// <param name="results">Folder of JSON results.</param>
    /// <param name="page">The Markdown file.</param>
    /// <exception cref="InvalidDataException">There are no results, or a file is not one.</exception>
    public static void Write(string results, string page)
    {
        string[] files = [.. Directory.GetFiles(results, "*.json").Order(StringComparer.Ordinal)];
        RunResult[] runs =
        [
            .. files.Where(f => !f.EndsWith(StreamCommand.Extension, StringComparison.Ordinal))
                .Select(f => ResultFile.Read(f, LanguageJson.Default.RunResult)),
        ];
        StreamResult[] streams =
        [
            .. files.Where(f => f.EndsWith(StreamCommand.Extension, StringComparison.Ordinal))
                .Select(f => ResultFile.Read(f, LanguageJson.Default.StreamResult)),
        ];
        if (runs.Length == 0)
        {
            throw new InvalidDataException($"There are no results (*.json) in '{results}'.");
        }

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            # A language model of characters

            Made by `dotnet run -c Release --project examples/Language -- report` from the results of runs: every number below is one that a run
            wrote. [The model](../../examples/Language/LanguageModel.cs) is the public small configuration (karpathy/nanoGPT's for a CPU): {LanguageModel.Layers} blocks,
            {LanguageModel.Heads} heads, width {LanguageModel.Width}; AdamW with warm-up and cosine. Nine tenths of the text are trained on, and losses are of the last tenth,
            in nats a character. Operators differ in [a few lines](../../examples/Language/Variants/Tokens64.cs). Bytes kept for a text of 100,000 characters
            follow from sizes alone: keys and values of what may still be read; of layers with a memory, streams tell below. Of the text at
            <{Corpus.Address}>, windows of
            64 characters and 2,000 steps of 12, the public figure for softmax attention is 1.88.
            """).AppendLine();
        ExperimentSummary.Append(
            text, results, ["variant", "window", "steps", "seeds", "validation loss", "bits/character", "keys a query reads"],
            RunGroup.Of(runs).OrderBy(g => g.First.Tokens).Select(SummaryRow));
        if (File.Exists(Path.Combine(results, Notes)))
        {
            text.AppendLine(File.ReadAllText(Path.Combine(results, Notes)).Trim()).AppendLine();
        }

        foreach (IGrouping<int, RunGroup> length in RunGroup.Of(runs).GroupBy(g => g.First.Tokens).OrderBy(g => g.Key))
        {
            Section(text, length.Key, [.. length]);
        }

        Streams(text, streams);
        Commands(text, RunGroup.Of(runs));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(page))!);
        File.WriteAllText(page, text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");
    }

    private static IReadOnlyList<string> SummaryRow(RunGroup group)
    {
        Variant? variant = Variant.Find(group.First.Variant);
        return
        [
            Name(group), Invariant($"{group.First.Tokens}"), Invariant($"{group.First.Steps}"), Invariant($"{group.Runs.Count}"), group.Loss, Bits(group),
            variant is null or { Keys: 0 } ? "" : Invariant($"{variant.Keys}"),
        ];
    }

    private static void Section(StringBuilder text, int tokens, IReadOnlyList<RunGroup> groups)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"## Windows of {tokens} characters").AppendLine();
        MarkdownTable.Append(
            text,
            ["variant", "seeds", "steps", "validation loss", "bits/character", "accuracy", "s/step", "parameters", "bytes kept for 100,000 characters"],
            groups.Select(group => (string[])
            [
                Name(group), Invariant($"{group.Runs.Count}"), Invariant($"{group.First.Steps:N0} x {group.First.BatchSize}"), group.Loss, Bits(group),
                Invariant($"{100 * group.Runs.Average(r => r.ValidationAccuracy):0.0} %"), Invariant($"{group.SecondsPerStep:0.00}"),
                Invariant($"{group.First.Parameters:N0}"), State(group.First.Variant),
            ]));
        Curves(text, groups);
        Limited(text, [.. groups.Where(g => g.First.Limited.Count > 0)]);
    }

    // Means over runs of the loss on the first windows of the validation text.
    private static void Curves(StringBuilder text, IReadOnlyList<RunGroup> groups)
    {
        foreach (IGrouping<string, RunGroup> alike in groups.GroupBy(g => string.Join(' ', g.First.Parts.Select(p => p.Step))))
        {
            text.AppendLine("Validation loss after steps, of the first 240 windows:").AppendLine();
            int parts = alike.First().First.Parts.Count;
            MarkdownTable.Append(
                text, ["variant", .. alike.Key.Split(' ')],
                alike.Select(group => (string[])
                [
                    group.First.Variant,
                    .. Enumerable.Range(0, parts).Select(i => Invariant($"{group.Runs.Average(r => r.Parts[i].ValidationLoss):0.000}")),
                ]));
        }
    }

    private static void Limited(StringBuilder text, IReadOnlyList<RunGroup> groups)
    {
        if (groups.Count == 0)
        {
            return;
        }

        text.AppendLine("Softmax attention as trained, whose queries read fewer keys in evaluation:").AppendLine();
        MarkdownTable.Append(
            text, ["steps of training", "keys", "the last ones", "heavy hitters"],
            from @group in groups
            from keys in @group.First.Limited.Select(l => l.Keys).Distinct().Order()
            select (string[])
            [
                Invariant($"{@group.First.Steps:N0}"), Invariant($"{keys}"), Mean(@group, "window", keys),
                Mean(@group, "heavy hitters", keys),
            ]);

        static string Mean(RunGroup group, string policy, int keys) => Invariant(
            $"{group.Runs.Average(r => r.Limited.First(l => l.Policy == policy && l.Keys == keys).ValidationLoss):0.000}");
    }

    private static void Streams(StringBuilder text, StreamResult[] streams)
    {
        if (streams.Length == 0)
        {
            return;
        }

        text.AppendLine("## One long text").AppendLine();
        text.AppendLine("The validation text as a stream, every character read once; positions begin again after a window's length.").AppendLine();
        MarkdownTable.Append(
            text,
            [
                "variant", "windows in training", "characters", "loss so far", "bytes of state", "bytes a character",
                "bytes allocated since the first row", "µs a character",
            ],
            from stream in streams.OrderBy(s => s.Tokens).ThenBy(s => s.Variant, StringComparer.Ordinal)
            from part in stream.Parts
            select (string[])
            [
                stream.Variant, Invariant($"{stream.Tokens}"), Invariant($"{part.Characters:N0}"), Invariant($"{part.Loss:0.000}"), Invariant($"{part.StateBytes:N0}"),
                Invariant($"{part.StateBytes / (double)part.Characters:0.0}"), Invariant($"{part.AllocatedBytes:N0}"), Invariant($"{part.Microseconds:0}"),
            ]);
    }

    private static void Commands(StringBuilder text, IEnumerable<RunGroup> groups)
    {
        text.AppendLine("## Again").AppendLine();
        text.AppendLine("Behind `dotnet run -c Release --project examples/Language -- --text FILE` (one call per seed):").AppendLine().AppendLine("```");
        foreach (RunGroup group in groups)
        {
            text.AppendLine(group.Command);
        }

        text.AppendLine("```");
    }

    private static string Name(RunGroup group) =>
        $"{group.First.Variant}: {Variant.Find(group.First.Variant)?.Summary ?? "no longer declared"}";

    private static string Bits(RunGroup group) => Invariant($"{group.MeanLoss / Math.Log(2):0.000}");

    // Keys and values of all blocks, as floats; what declared layers keep, their streams tell.
    private static string State(string variant)
    {
        const long Token = 2L * LanguageModel.Width * LanguageModel.Layers * sizeof(float);
        const int Dim = LanguageModel.Width / LanguageModel.Heads;
        return variant switch
        {
            "none" => "0",
            "linear" => $"{LanguageModel.Layers * LanguageModel.Heads * Dim * (Dim + 1) * sizeof(float):N0}",
            "softmax" or "query" or "boltzmann" => $"{100_000 * Token:N0}",
            _ when variant.StartsWith("window-", StringComparison.Ordinal) => $"{Variant.Find(variant)?.Keys * Token:N0}",
            _ => "",
        };
    }
}
