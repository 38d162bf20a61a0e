using System.Globalization;
using System.Text;
using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>Results of the emulated machine, for people and for the page of experiments.</summary>
internal static class MachineTable
{
    public static void Print(MachineResult result) => ResultTable.Print(
        ["selections by", "accuracy", "same class", "mean gap", "worst gap", "infeasible", "tasks", "decided", "to zero"],
        result.Rows.Select(r => (string[])
        [
            r.Name, $"{r.Accuracy:0.00%}", $"{r.Agreement:0.0%}", $"{r.MeanGap:0.000%}", $"{r.WorstGap:0.0%}", $"{r.Infeasible:0.0%}",
            $"{r.Tasks}", $"{r.Decided:0.0%}", $"{r.RoundedToZero:0.0%}",
        ]));

    /// <summary>Writes the page, if there are results.</summary>
    /// <param name="folder">Folder of results; may be missing.</param>
    /// <param name="pages">Folder of pages.</param>
    /// <exception cref="InvalidDataException">A file is no result.</exception>
    public static void Write(string folder, string pages)
    {
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
        {
            return;
        }

        MachineResult[] results = [.. files.Select(f => ResultFile.Read(f, MachineJson.Default.MachineResult))];
        var text = new StringBuilder();
        text.AppendLine("# Through the emulated 8-bit machine").AppendLine();
        ExperimentSummary.Append(
            text, folder, ["selections by", "model", "accuracy", "points less than the simulator"],
            results.SelectMany(result => result.Rows.Select(row => (string[])
            [
                row.Name, $"{result.Variant}, {result.Dataset}", string.Create(CultureInfo.InvariantCulture, $"{row.Accuracy:0.00%}"),
                (100 * (result.Rows[0].Accuracy - row.Accuracy)).ToString("0.00", CultureInfo.InvariantCulture),
            ])));
        text.AppendLine("""
            Test images classified with selections from [the emulated machine](../cim.md#the-emulator), whose integers have 8 bits. *plain*: the
            matrix scaled and rounded; *reduced*: after deciding variables and sharing fields ([precision](../cim.md#precision)). *Bounds repaired*: the
            machine is not told the bounds on what a head selects; of a head that breaks one, the tokens that cost least go. Gaps are
            to the best energy of any row. Annealing of the same integers shows what rounding loses; what the machine lacks beside
            it is its own noise. `dotnet run -c Release --project examples/Vision -- machine --run RESULT.json` repeats it with the result of a training.
            """.ReplaceLineEndings("\n")).AppendLine();
        foreach (MachineResult result in results)
        {
            Section(text, result);
        }

        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, "machine.md"), text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");
    }

    private static void Section(StringBuilder text, MachineResult result)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"## {result.Dataset}, {result.Variant}, epochs: {result.Epochs}").AppendLine();
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Images:N0} test images, seed {result.Seed}; {result.Machine}: {result.Spins} spins, {result.Bits} bits; {result.Variables} binary variables an image, slack included; {result.Solutions} solutions a task, {result.Steps:N0} steps.")).AppendLine();
        text.AppendLine("| selections by | accuracy | points less than the simulator | same class | mean gap | largest gap | infeasible | tasks | variables decided | coefficients rounded to zero | repaired |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (MachineRow row in result.Rows)
        {
            string machine = row.Tasks is null ? " | | | " : string.Create(CultureInfo.InvariantCulture, $"{row.Tasks:N0} | {row.Decided:0.0%} | {row.RoundedToZero:0.0%} | {row.Repaired:0.0%}");
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Accuracy:0.00%} | {100 * (result.Rows[0].Accuracy - row.Accuracy):0.00} | {row.Agreement:0.0%} | {row.MeanGap:0.000%} | {row.WorstGap:0.00%} | {row.Infeasible:0.0%} | {machine} |"));
        }

        text.AppendLine();
        foreach (string reduction in result.Rows.Select(r => r.Reduction).Distinct().Where(r => r != "none"))
        {
            MachineRow machine = result.Rows.Single(r => r.Reduction == reduction && r.Solver == MachineWays.Machine);
            MachineRow good = result.Rows.Single(r => r.Reduction == reduction && r.Solver == MachineWays.Good);
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"- {reduction}: of the machine's mean gap {machine.MeanGap:0.000%}, annealing the same integers has {good.MeanGap:0.000%} (rounding, and the little that annealing misses); the difference, {machine.MeanGap - good.MeanGap:0.000%}, is the machine's own."));
        }

        text.AppendLine();
    }
}
