using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Language;

/// <summary>Runs that differ in the seed only: a row of a table.</summary>
internal sealed record RunGroup(IReadOnlyList<RunResult> Runs)
{
    public RunResult First => Runs[0];

    public double MeanLoss => Runs.Average(r => r.ValidationLoss);

    /// <summary>Mean and standard deviation over seeds, or the one value.</summary>
    public string Loss => SeedSpread.Text(Runs.Select(r => r.ValidationLoss), "0.000");

    /// <summary>Median over runs.</summary>
    public double SecondsPerStep => SeedSpread.Median(Runs.Select(r => r.SecondsPerStep));

    /// <summary>The command that repeats the row.</summary>
    public string Command => string.Create(
        CultureInfo.InvariantCulture,
        $"--tokens {First.Tokens} --variant {First.Variant} --steps {First.Steps} --batch {First.BatchSize} --rate {First.LearningRate} --sweeps {First.Sweeps} --seed {string.Join('|', Runs.Select(r => r.Seed))}");

    /// <summary>Groups results, in the order of the variants.</summary>
    public static IReadOnlyList<RunGroup> Of(IEnumerable<RunResult> runs) =>
    [
        .. runs.GroupBy(r => (r.Text, r.Tokens, r.Variant, r.Steps, r.BatchSize, r.LearningRate, r.Sweeps))
            .Select(g => new RunGroup([.. g.OrderBy(r => r.Seed)]))
            .OrderBy(g => g.First.Tokens)
            .ThenBy(g => Variant.All.ToList().FindIndex(v => v.Name == g.First.Variant)),
    ];
}
