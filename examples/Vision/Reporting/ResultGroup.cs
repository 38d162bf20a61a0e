using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>Runs that differ in the seed only: a row of a table.</summary>
internal sealed record ResultGroup(IReadOnlyList<RunResult> Runs)
{
    public RunResult First => Runs[0];

    public Variant? Variant => Vision.Variant.Find(First.Variant);

    public double MeanTestAccuracy => Runs.Average(r => r.TestAccuracy);

    /// <summary>Mean and standard deviation over seeds, or the one value.</summary>
    public string TestAccuracy => Spread(r => r.TestAccuracy);

    public string LastValidation => Spread(r => r.Epochs[^1].ValidationAccuracy);

    /// <summary>The largest loss of validation accuracy from one epoch to a later one, in any run: a collapse shows here.</summary>
    public string DeepestFall => Percent(Runs.Max(Fall));

    public string Selected => First.Epochs[^1].SelectedShare is null ? "" : Percent(Runs.Average(r => r.Epochs[^1].SelectedShare!.Value), "0");

    public string MeanEnergy => First.Epochs[^1].MeanEnergy is null
        ? ""
        : Runs.Average(r => r.Epochs[^1].MeanEnergy!.Value).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>Median over all epochs.</summary>
    public double SecondsPerEpoch => SeedSpread.Median(Runs.SelectMany(r => r.Epochs).Select(e => e.Seconds));

    /// <summary>The command that repeats the row.</summary>
    public string Command => $"{Recipe} --seed {string.Join('|', Runs.Select(r => r.Seed))}";

    /// <summary>The command but for seeds.</summary>
    public string Recipe => string.Create(
        CultureInfo.InvariantCulture,
        $"--dataset {First.Dataset} --variant {First.Variant} --epochs {First.Epochs.Count} --rate {First.LearningRate}{(First.ConstantRate ? " --constant-rate" : "")} --clip {First.MaxGradientNorm?.ToString(CultureInfo.InvariantCulture) ?? "infinity"} --sweeps {First.Sweeps}");

    /// <summary>Share of validation images classified wrongly after an epoch, from 0; mean over seeds, not below 1 in
    /// 10,000.</summary>
    public double MeanError(int epoch) => Math.Max(1e-4, 1 - Runs.Average(r => r.Epochs[epoch].ValidationAccuracy));

    /// <summary>Groups results; the best first.</summary>
    public static IReadOnlyList<ResultGroup> Of(IEnumerable<RunResult> runs) =>
    [
        .. runs.GroupBy(r => (r.Dataset, r.Variant, r.Epochs.Count, r.BatchSize, r.LearningRate, r.ConstantRate, r.MaxGradientNorm, r.Sweeps, r.TrainingImages))
            .Select(g => new ResultGroup([.. g.OrderBy(r => r.Seed)]))
            .OrderByDescending(g => g.MeanTestAccuracy),
    ];

    private static double Fall(RunResult run)
    {
        double best = 0, fall = 0;
        foreach (EpochResult epoch in run.Epochs)
        {
            best = Math.Max(best, epoch.ValidationAccuracy);
            fall = Math.Max(fall, best - epoch.ValidationAccuracy);
        }

        return fall;
    }

    private string Spread(Func<RunResult, double> value) => SeedSpread.Percent(Runs.Select(value), "0.00");

    private static string Percent(double value, string format = "0.00") =>
        (100 * value).ToString(format, CultureInfo.InvariantCulture) + " %";
}
