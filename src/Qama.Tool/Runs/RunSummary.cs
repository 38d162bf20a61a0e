namespace Qama.Tool.Runs;

/// <summary>What the runs of a group say under one name.</summary>
/// <param name="Text">It as people read it: a mean and the deviation of several, or the different words.</param>
/// <param name="Mean">The mean; null where not all are numbers.</param>
/// <param name="Deviation">The standard deviation of the runs, by one less than their number; null of one run.</param>
/// <param name="Count">Runs that say it.</param>
internal readonly record struct RunSummary(string Text, double? Mean, double? Deviation, int Count)
{
    /// <summary>Sums up the values of several runs.</summary>
    public static RunSummary Of(IReadOnlyList<RunValue> values)
    {
        double[] numbers = [.. values.Select(v => v.Number).OfType<double>()];
        if (values.Count == 0 || numbers.Length < values.Count)
        {
            return new(string.Join(", ", values.Select(v => v.Value).Distinct()), null, null, values.Count);
        }

        double mean = numbers.Average();
        if (numbers.Length == 1)
        {
            return new(RunFile.Number(mean), mean, null, 1);
        }

        double deviation = Math.Sqrt(numbers.Sum(n => (n - mean) * (n - mean)) / (numbers.Length - 1));
        return new($"{RunFile.Number(mean)} ± {RunFile.Number(deviation)}", mean, deviation, numbers.Length);
    }
}
