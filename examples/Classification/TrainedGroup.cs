using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Classification;

/// <summary>Runs that differ in the seed only: a row of a table.</summary>
/// <param name="Runs">By seed; at least one.</param>
internal sealed record TrainedGroup(IReadOnlyList<TrainedRun> Runs)
{
    public TrainedRun First => Runs[0];

    /// <summary>Whether a declared operator is trained, not a baseline.</summary>
    public bool IsDeclared => First.VariablesPerSample > 0;

    public double MeanTestAccuracy => Runs.Average(r => r.TestAccuracy);

    /// <summary>Mean and standard deviation over seeds, or the one value.</summary>
    public string TestAccuracy => Spread(r => r.TestAccuracy);

    public string LastValidation => Spread(r => r.Epochs[^1].ValidationAccuracy ?? double.NaN);

    /// <summary>Share of tokens that a head selects.</summary>
    public string Selected => First.Epochs[^1].SelectedShare is null
        ? "" : string.Create(CultureInfo.InvariantCulture, $"{100 * Runs.Average(r => r.Epochs[^1].SelectedShare!.Value):0} %");

    /// <summary>Median over all epochs.</summary>
    public double SecondsPerEpoch => SeedSpread.Median(Runs.SelectMany(r => r.Epochs).Select(e => e.Seconds));

    /// <summary>The operator: the declared class, or the baseline.</summary>
    public string Operator => IsDeclared ? First.Variant : First.Variant[(First.Variant.LastIndexOf('-') + 1)..];

    /// <summary>What repeats the row, behind <c>qama train</c> and the project.</summary>
    public string Arguments
    {
        get
        {
            string own = IsDeclared ? $"--sweeps {First.Sweeps}" : $"--attention {Operator}";
            string model = First.Model[(First.Model.LastIndexOf('.') + 1)..];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"--model {model} {own} --epochs {First.Epochs.Count} --batch {First.BatchSize} --rate {First.LearningRate} --seed {string.Join(',', Runs.Select(r => r.Seed))}");
        }
    }

    /// <summary>Groups results; the best first.</summary>
    public static IReadOnlyList<TrainedGroup> Of(IEnumerable<TrainedRun> runs) =>
    [
        .. runs.GroupBy(r => (r.Variant, r.Depth, r.Epochs.Count, r.BatchSize, r.LearningRate, r.Sweeps, r.TrainingSamples))
            .Select(g => new TrainedGroup([.. g.OrderBy(r => r.Seed)]))
            .OrderByDescending(g => g.MeanTestAccuracy),
    ];

    private string Spread(Func<TrainedRun, double> value) => SeedSpread.Percent(Runs.Select(value), "0.00");
}
