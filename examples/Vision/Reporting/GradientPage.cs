using System.Globalization;
using System.Text;
using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>Accuracy and loss against solves per step, for every estimator of the gradient.</summary>
internal static class GradientPage
{
    private const string FileName = "gradients.md";

    /// <summary>Writes the page; nothing where there are no results.</summary>
    /// <param name="results">Folder of results.</param>
    /// <param name="pages">Folder of pages.</param>
    public static void Write(string results, string pages)
    {
        if (!Directory.Exists(results))
        {
            return;
        }

        ResultGroup[] groups = [.. ResultGroup.Of(ExperimentPage.ReadAll(results)).OrderBy(Solves).ThenByDescending(g => g.MeanTestAccuracy)];
        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, FileName), Write(groups, results).ReplaceLineEndings("\n"));
    }

    private static string Write(ResultGroup[] groups, string results)
    {
        var text = new StringBuilder();
        text.AppendLine("# Gradient through the solver").AppendLine();
        text.AppendLine("Made by `dotnet run -c Release --project examples/Vision -- report` from the results of runs.").AppendLine();
        text.AppendLine("The selection has no derivative. What stands for it is declared with `[Gradient]`; everything else of the *selected*");
        text.AppendLine("operator (at most 24 of 49 tokens per head, attention over them) stays. *Solves* are those of one sample in one step of training, forward and");
        text.AppendLine("backward; [what each computes](../mathematics.md#gradients-through-the-solver).").AppendLine();
        ExperimentSummary.Append(
            text, results, ["gradient", "solves per step", "test accuracy", "tokens selected"],
            groups.Select(g => (string[])[Kind(g), Solves(g).ToString(CultureInfo.InvariantCulture), g.TestAccuracy, g.Selected]));
        string notes = Path.Combine(results, "notes.md");
        if (File.Exists(notes))
        {
            text.AppendLine(File.ReadAllText(notes).Trim()).AppendLine();
        }

        foreach (IGrouping<(string, int, int), ResultGroup> budget in groups.GroupBy(g => (g.First.Dataset, g.First.TrainingImages, g.First.Epochs.Count)))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## {budget.Key.Item1}, {budget.Key.Item2:N0} images, {budget.Key.Item3} epochs").AppendLine();
            text.AppendLine("| variant | gradient | solves | seeds | test accuracy | test loss | validation, last epoch | tokens selected | s/epoch |");
            text.AppendLine("|---|---|---|---|---|---|---|---|---|");
            foreach (ResultGroup group in budget)
            {
                text.AppendLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {group.First.Variant}: {group.Variant?.Summary ?? "no longer declared"} | {Kind(group)} | {Solves(group)} | {group.Runs.Count} | {group.TestAccuracy} | {group.Runs.Average(r => r.TestLoss):0.0000} | {group.LastValidation} | {group.Selected} | {group.SecondsPerEpoch:0.0} |"));
            }

            text.AppendLine();
        }

        text.AppendLine("Each row again, behind `dotnet run -c Release --project examples/Vision --` (one call per seed):").AppendLine().AppendLine("```");
        foreach (ResultGroup group in groups)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{group.Command} --images {group.First.TrainingImages}");
        }

        return text.AppendLine("```").ToString();
    }

    private static string Kind(ResultGroup group) => group.Variant?.Declared?.Invoke(1).Model.Gradient.Kind.ToString() ?? "";

    private static int Solves(ResultGroup group) => group.Variant?.Declared?.Invoke(1).Model.Gradient.SolvesPerStep ?? 0;
}
