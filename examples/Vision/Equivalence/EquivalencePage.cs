using System.Globalization;
using System.Text;
using Qama.Examples.Common;
using static System.FormattableString;

namespace Qama.Examples.Vision;

/// <summary>The page of equivalence: selected attention beside softmax attention, and what the weights of exclusion and of long range do.</summary>
internal static class EquivalencePage
{
    private const string Sweeps = "sweeps";
    private const string Program = "dotnet run -c Release --project examples/Vision --";

    /// <summary>Writes the page and its picture; nothing where there are no results.</summary>
    /// <param name="folder">Folder of results, those of the sweeps in a folder <c>sweeps</c>.</param>
    /// <param name="pages">Folder of pages.</param>
    /// <exception cref="InvalidDataException">A file is no result.</exception>
    public static void Write(string folder, string pages)
    {
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
        {
            return;
        }

        EquivalenceResult[] results = [.. files.Select(f => ResultFile.Read(f, EquivalenceJson.Default.EquivalenceResult))];
        var text = new StringBuilder();
        text.AppendLine("# Selected and softmax attention").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Made by `{Program} report` from the results of runs.").AppendLine();
        ExperimentSummary.Append(
            text, folder, ["keys per query", "accuracy", "softmax model's class", "softmax weight on them"],
            results[0].Keys.Select(k => (string[])[Invariant($"{k.Keys} of {LabelledImages.Shape.Tokens}"), Invariant($"{k.Accuracy:0.0%}"), Invariant($"{k.Agreement:0.0%}"), Invariant($"{k.Mass:0.000}")]),
            Picture(files[0], pages));
        string notes = Path.Combine(folder, "notes.md");
        if (File.Exists(notes))
        {
            text.AppendLine(File.ReadAllText(notes).Trim()).AppendLine();
        }

        foreach ((EquivalenceResult result, string file) in results.Zip(files))
        {
            Section(text, result);
        }

        string sweeps = Path.Combine(folder, Sweeps);
        if (Directory.Exists(sweeps))
        {
            SweepTables(text, ResultGroup.Of(ExperimentPage.ReadAll(sweeps)));
        }

        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, "equivalence.md"), text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");
    }

    private static void Section(StringBuilder text, EquivalenceResult result)
    {
        text.AppendLine(Invariant($"## As keys grow: {result.Dataset}, {result.Images:N0} validation images")).AppendLine();
        text.AppendLine(Invariant($"The softmax model has {result.Accuracy:0.00%}; its queries, keys and values go into declared layers. Scores: ‖difference of the class scores‖ over ‖the softmax model's‖. Largest weight: of the k keys that softmax attention weighs most, which {result.Sweeps} sweeps of annealing look for.")).AppendLine();
        MarkdownTable.Append(
            text, ["keys", "accuracy", "softmax model's class", "scores differ by", "softmax weight", "largest weight"],
            result.Keys.Select(row => (string[])
            [
                Invariant($"{row.Keys}"), Invariant($"{row.Accuracy:0.00%}"), Invariant($"{row.Agreement:0.0%}"), Invariant($"{row.ScoreDifference:0.0000}"),
                Invariant($"{row.Mass:0.0000}"), Invariant($"{row.LargestMass:0.0000}"),
            ]));
        text.AppendLine("Marginals at temperature 1, the mean of samples, against softmax weights, key by key of a query. Distance: total variation, marginals over their sum; beside it that of as many independent draws from the softmax weights.").AppendLine();
        MarkdownTable.Append(
            text, ["keys of a sample", "samples", "correlation", "distance", "of draws", "keys selected"],
            result.Marginals.Select(row => (string[])
            [
                row.Keys == 0 ? "any" : Invariant($"{row.Keys}"), Invariant($"{row.Reads}"), Invariant($"{row.Correlation:0.000}"), Invariant($"{row.Distance:0.000}"),
                Invariant($"{row.OfDraws:0.000}"), Invariant($"{row.Selected:0.0}"),
            ]));
        text.AppendLine("Again:").AppendLine().AppendLine("```");
        text.AppendLine(Invariant($"{Program} equivalence --run {result.Run}.json --images {result.Images} --sweeps {result.Sweeps}"));
        text.AppendLine("```").AppendLine();
    }

    private static void SweepTables(StringBuilder text, IReadOnlyList<ResultGroup> groups)
    {
        text.AppendLine("## Weights of exclusion and of long range").AppendLine();
        text.AppendLine(Invariant($"The stable preset, {groups[0].First.TrainingImages:N0} images of {groups[0].First.Dataset}, {groups[0].First.Epochs.Count} epochs; validation images. Overlap: tokens that two heads select over those that one of them does, mean over pairs of heads. Entropy: of where heads look, 1 for everywhere alike. Distance: of two patches that a head selects, in patches.")).AppendLine();
        Sweep(text, "head exclusion", "exclusion-", "stable", 0.25, groups);
        Sweep(text, "long range", "far-", "long-range", 0.05, groups);
        text.AppendLine(Invariant($"Again, behind `{Program}` (one call per seed):")).AppendLine().AppendLine("```");
        foreach (ResultGroup group in groups.OrderBy(g => g.First.Variant, StringComparer.Ordinal))
        {
            text.AppendLine(Invariant($"{group.Command} --images {group.First.TrainingImages}"));
        }

        text.AppendLine("```").AppendLine();
    }

    private static void Sweep(StringBuilder text, string title, string prefix, string usual, double usualWeight, IReadOnlyList<ResultGroup> groups)
    {
        (double Weight, ResultGroup Group)[] rows =
        [
            .. groups.Where(g => g.First.Variant == usual).Select(g => (usualWeight, g))
                .Concat(groups.Where(g => g.First.Variant.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(g => (double.Parse(g.First.Variant[prefix.Length..], CultureInfo.InvariantCulture), g)))
                .OrderBy(r => r.Item1),
        ];
        MarkdownTable.Append(
            text, [title, "seeds", "validation accuracy", "tokens selected", "overlap", "entropy", "distance"],
            rows.Select(row =>
            {
                EpochResult[] last = [.. row.Group.Runs.Select(r => r.Epochs[^1])];
                return (string[])
                [
                    row.Weight == usualWeight ? Invariant($"{row.Weight} ({usual})") : Invariant($"{row.Weight}"), Invariant($"{row.Group.Runs.Count}"),
                    row.Group.LastValidation, row.Group.Selected, Invariant($"{last.Average(e => e.HeadOverlap):0.000}"),
                    Invariant($"{last.Average(e => e.TokenEntropy):0.000}"), Invariant($"{last.Average(e => e.PairDistance):0.00}"),
                ];
            }));
    }

    private static string? Picture(string result, string pages)
    {
        string drawn = Path.ChangeExtension(result, ".svg");
        if (!File.Exists(drawn))
        {
            return null;
        }

        string images = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(pages))!, "images");
        Directory.CreateDirectory(images);
        File.Copy(drawn, Path.Combine(images, "experiments-equivalence.svg"), overwrite: true);
        return "![where one patch looks, softmax weights and selections, head by head](../images/experiments-equivalence.svg)";
    }
}
