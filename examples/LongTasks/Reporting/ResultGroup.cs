using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.LongTasks;

/// <summary>Runs that differ in the seed only: a row of a table.</summary>
/// <param name="Runs">The runs, by seed; at least one.</param>
/// <param name="RatesTried">Learning rates of the runs that this row was chosen from by validation.</param>
internal sealed record ResultGroup(IReadOnlyList<TaskResult> Runs, IReadOnlyList<double> RatesTried)
{
    public TaskResult First => Runs[0];

    /// <summary>Mean over seeds of the validation accuracy after the last epoch: what rates are chosen by.</summary>
    public double Validation => Runs.Average(r => r.Epochs[^1].ValidationAccuracy);

    /// <summary>Sequences times epochs, as "20,000 x 4", or "20,000 x 4 each at 64, 128, then 20,000 x 2".</summary>
    public string Budget => First.Shorter.Count > 0
        ? $"{Times(ShorterEpochs(First))} each at {Lengths(First, ", ")}, then {Times(First.Epochs.Count)}"
        : Times(First.Epochs.Count);

    /// <summary>The command that repeats the row, behind the program's name.</summary>
    public string Command => $"{Recipe} --seed {string.Join('|', Runs.Select(r => r.Seed))}";

    /// <summary>The command but for seeds.</summary>
    public string Recipe
    {
        get
        {
            string own = First.Task switch
            {
                RecallTask.Name => $" --vocabulary {First.Vocabulary} --blanks {First.Blanks}",
                InductionTask.Name or CopyingTask.Name => $" --longest {First.Longest}",
                _ => "",
            };
            string begun = First.Shorter.Count > 0
                ? $" --shorter {Lengths(First, " ")} --shorter-epochs {ShorterEpochs(First)}"
                : "";
            string rates = string.Join(' ', RatesTried.Select(r => r.ToString(CultureInfo.InvariantCulture)));
            return $"--task {First.Task} --length {First.Length} --variant {First.Variant} "
                + $"--epochs {First.Epochs.Count}{begun} --samples {First.Samples} --tests {First.Tests} "
                + $"--batch {First.Batch} --rate {rates} --sweeps {First.Sweeps}{own}";
        }
    }

    /// <summary>Groups runs, and keeps of those that differ in the learning rate the one with the best validation: by
    /// length, then in the order of the variants.</summary>
    public static IReadOnlyList<ResultGroup> Best(IEnumerable<TaskResult> runs)
    {
        var order = Variant.All.Select(v => v.Name).ToList();
        return
        [
            .. runs
                .GroupBy(r => (
                    r.Task, r.Length, r.Variant, r.Epochs.Count, r.Batch, r.Sweeps, r.Samples, r.Tests, r.Vocabulary, r.Blanks,
                    r.Longest, Lengths(r, " "), ShorterEpochs(r)))
                .Select(Chosen)
                .OrderBy(g => g.First.Length).ThenBy(g => g.First.Vocabulary)
                .ThenBy(g => g.First.Blanks, StringComparer.Ordinal)
                .ThenBy(g => order.IndexOf(g.First.Variant)).ThenBy(g => g.First.Samples * g.First.Epochs.Count)
                .ThenBy(g => g.First.Shorter.Count),
        ];
    }

    /// <summary>The rows of a summary: of every variant of a table the one with the most seeds, and of these the best
    /// validation; none of variants that are there to compare gradients.</summary>
    public static IEnumerable<ResultGroup> Headlines(IEnumerable<ResultGroup> groups) => groups
        .Where(g => Variant.Find(g.First.Variant)?.ComparesGradients != true)
        .GroupBy(g => (g.First.Length, g.First.Vocabulary, g.First.Blanks, g.First.Variant))
        .Select(g => g.MaxBy(row => (row.Runs.Count, row.Validation))!);

    /// <summary>Time of a training step, from the median epoch.</summary>
    public static double SecondsPerStep(TaskResult run) => Median(run, e => e.Seconds) / run.StepsPerEpoch;

    /// <summary>Processor time of a training step, from the median epoch.</summary>
    public static double ProcessorSecondsPerStep(TaskResult run) =>
        Median(run, e => e.ProcessorSeconds) / run.StepsPerEpoch;

    /// <summary>Mean over seeds as a share in percent, with the standard deviation where there are several.</summary>
    public string Spread(Func<TaskResult, double> value) => SeedSpread.Percent(Runs.Select(value), "0.0");

    /// <summary>Mean over seeds of a number that only declared layers have; empty for others.</summary>
    public string Mean(Func<SelectionSummary, double?> value, string format) =>
        First.Selection is { } first && value(first) is not null
            ? Runs.Average(r => value(r.Selection!)!.Value).ToString(format, CultureInfo.InvariantCulture)
            : "";

    private static int ShorterEpochs(TaskResult run) => run.Shorter.Count > 0 ? run.Shorter[0].Epochs.Count : 0;

    private static string Lengths(TaskResult run, string separator) =>
        string.Join(separator, run.Shorter.Select(s => s.Length));

    private string Times(int epochs) =>
        string.Create(CultureInfo.InvariantCulture, $"{First.Samples:#,0} x {epochs:#,0}");

    private static ResultGroup Chosen(IEnumerable<TaskResult> runs)
    {
        ResultGroup[] rates =
        [
            .. runs.GroupBy(r => r.Rate).OrderBy(g => g.Key).Select(g => new ResultGroup([.. g.OrderBy(r => r.Seed)], [])),
        ];
        return rates.MaxBy(g => g.Validation)! with { RatesTried = [.. rates.Select(g => g.First.Rate)] };
    }

    private static double Median(TaskResult run, Func<TaskEpoch, double> value) =>
        SeedSpread.Median(run.Epochs.Select(value));
}
