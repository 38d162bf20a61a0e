using System.Globalization;
using System.Text;

namespace Qama.Examples.Common;

/// <summary>Accuracy and loss against solves per step, for every estimator of the gradient and every task that has several.</summary>
public static class GradientPage
{
    private const string FileName = "gradients.md";
    private const string Notes = "gradients";
    private const int FewestKinds = 3; // with fewer there is nothing to compare

    private static readonly string[] _headers =
        ["gradient", "solves per step", "seconds per epoch", "seeds", "test accuracy", "test loss"];

    private static readonly string[] _folders = [Notes, "recall", "brackets"];

    /// <summary>Writes the page; nothing where no task has several estimators.</summary>
    /// <param name="measurements">Folder with a folder of results for each task; <c>gradients</c> has the page's notes.</param>
    /// <param name="pages">Folder of pages.</param>
    /// <exception cref="InvalidDataException">A file holds no result.</exception>
    public static void Write(string measurements, string pages)
    {
        Row[][] tables =
        [
            .. _folders.Select(f => Path.Combine(measurements, f)).Where(Directory.Exists)
                .SelectMany(f => Directory.GetFiles(f, "*.json").Order(StringComparer.Ordinal))
                .Select(path => ResultFile.Read(path, EstimatedRunJson.Default.EstimatedRun))
                .Where(run => run.Estimator is not null)
                .GroupBy(run => run.Estimator!)
                .Select(g => new Row(g.Key, [.. g.OrderBy(run => run.Seed)]))
                .GroupBy(row => row.Estimator.Task)
                .Where(table => table.Select(row => row.Estimator.Gradient).Distinct().Count() >= FewestKinds)
                .Select(table => table.OrderBy(row => row.Estimator.Solves).ThenByDescending(row => row.MeanAccuracy).ToArray()),
        ];
        if (tables.Length == 0)
        {
            return;
        }

        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, FileName), Write(tables, Path.Combine(measurements, Notes)).ReplaceLineEndings("\n"));
    }

    private static string Write(Row[][] tables, string folder)
    {
        var text = new StringBuilder();
        text.AppendLine("""
            # Gradient through the solver

            Made by `dotnet run -c Release --project examples/Vision -- report`, and by `report` of `examples/LongTasks`, from the results of runs.

            The selection has no derivative. What stands for it is declared with `[Gradient]`; the terms of an operator stay. *Solves* are those
            of one sample in one step of training, forward and backward, every read for itself; [what each computes](../mathematics.md#gradients-through-the-solver).
            """).AppendLine();
        ExperimentSummary.Append(
            text, folder, ["task", .. _headers],
            tables.SelectMany(t => t).Select(row => (string[])[row.Estimator.Task.Split(',')[0], .. row.Cells]));
        string notes = Path.Combine(folder, "notes.md");
        if (File.Exists(notes))
        {
            text.AppendLine(File.ReadAllText(notes).Trim()).AppendLine();
        }

        foreach (Row[] table in tables)
        {
            text.Append("## ").AppendLine(table[0].Estimator.Task).AppendLine();
            MarkdownTable.Append(text, ["variant", .. _headers], table.Select(row => (string[])[row.Estimator.Variant, .. row.Cells]));
            text.AppendLine("Again, behind `dotnet run -c Release` (one call per seed):").AppendLine().AppendLine("```");
            foreach (Row row in table)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{row.Estimator.Command} --seed {string.Join('|', row.Runs.Select(run => run.Seed))}");
            }

            text.AppendLine("```").AppendLine();
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs that differ in the seed alone.</summary>
    private sealed record Row(Estimator Estimator, EstimatedRun[] Runs)
    {
        public double MeanAccuracy => Runs.Average(run => run.TestAccuracy);

        /// <summary>What both tables say of it; seconds are the median over the epochs of all seeds.</summary>
        public string[] Cells =>
        [
            Estimator.Gradient.ToString(), Text(Estimator.Solves),
            SeedSpread.Median(Runs.SelectMany(run => run.Epochs).Select(epoch => epoch.Seconds))
                .ToString("0", CultureInfo.InvariantCulture),
            Text(Runs.Length), SeedSpread.Percent(Runs.Select(run => run.TestAccuracy), "0.0"),
            SeedSpread.Text(Runs.Select(run => run.TestLoss), "0.000"),
        ];
    }
}
