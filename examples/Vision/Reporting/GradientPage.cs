using System.Globalization;
using System.Text;

namespace Qama.Examples.Vision;

/// <summary>Accuracy and loss against solves per step, for every estimator of the gradient: a page of its own, and a line on the summary.</summary>
internal static class GradientPage
{
    private const string FileName = "gradients.md";

    /// <summary>Writes the page and appends a pointer to it; nothing where there are no results.</summary>
    /// <param name="text">The page of experiments.</param>
    /// <param name="results">Folder of results.</param>
    /// <param name="page">The page of experiments' file.</param>
    public static void Append(StringBuilder text, string results, string page)
    {
        if (!Directory.Exists(results))
        {
            return;
        }

        ResultGroup[] groups = [.. ResultGroup.Of(ExperimentPage.ReadAll(results)).OrderBy(Solves).ThenByDescending(g => g.MeanTestAccuracy)];
        string folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, "experiments");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, FileName), Write(groups, Path.Combine(results, "notes.md")).ReplaceLineEndings("\n"));
        text.AppendLine("## Gradient through the solver").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"One operator trained with every estimator the language has: [accuracy against solves per step](experiments/{FileName}).").AppendLine();
    }

    private static string Write(ResultGroup[] groups, string notes)
    {
        var text = new StringBuilder();
        text.AppendLine("# Gradient through the solver").AppendLine();
        text.AppendLine("Made by `dotnet run -c Release --project examples/Vision -- report` from the results of runs.").AppendLine();
        text.AppendLine("The selection has no derivative. What stands for it is declared with `[Gradient]`; everything else of the *selected*");
        text.AppendLine("operator (at most 24 of 49 tokens per head, attention over them) stays. *Solves* are those of one sample in one step of training, forward and");
        text.AppendLine("backward; [what each computes](../mathematics.md#gradients-through-the-solver).").AppendLine();
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
