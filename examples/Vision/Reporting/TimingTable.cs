using System.Globalization;
using System.Text;

namespace Qama.Examples.Vision;

/// <summary>Seconds per epoch of runs that had the machine to themselves, one after the other.</summary>
internal static class TimingTable
{
    private const string Baseline = "softmax";

    /// <summary>Appends the table; the ratio is to softmax attention where it was timed too.</summary>
    public static void Append(StringBuilder text, IReadOnlyList<RunResult> runs)
    {
        ResultGroup[] groups = [.. ResultGroup.Of(runs).OrderBy(g => g.SecondsPerEpoch)];
        double baseline = groups.FirstOrDefault(g => g.First.Variant == Baseline)?.SecondsPerEpoch ?? double.NaN;
        text.AppendLine("## Seconds per epoch").AppendLine();
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"From reading a batch to updating the weights, {groups[0].First.TrainingImages:N0} images of {groups[0].First.Dataset}; runs of {groups[0].First.Epochs.Count} epochs, one at a time and variants in turn; {groups[0].First.Threads} threads. Median over epochs, and the fastest and slowest one.")).AppendLine();
        text.AppendLine("| variant | sweeps | runs | s/epoch | fastest | slowest | times softmax |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (ResultGroup group in groups)
        {
            double[] seconds = [.. group.Runs.SelectMany(r => r.Epochs).Select(e => e.Seconds)];
            string ratio = double.IsNaN(baseline) ? "" : (group.SecondsPerEpoch / baseline).ToString("0.0", CultureInfo.InvariantCulture);
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {group.First.Variant} | {(group.First.VariablesPerImage == 0 ? "" : group.First.Sweeps)} | {group.Runs.Count} | {group.SecondsPerEpoch:0.0} | {seconds.Min():0.0} | {seconds.Max():0.0} | {ratio} |"));
        }

        text.AppendLine().AppendLine("Each row again, each seed in turn:").AppendLine().AppendLine("```");
        foreach (ResultGroup group in groups)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{group.Command} --threads {group.First.Threads}");
        }

        text.AppendLine("```").AppendLine();
    }
}
