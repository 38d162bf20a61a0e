using System.Globalization;

namespace Qama.Examples.Common;

/// <summary>A number of runs that differ in the seed alone, as tables have it.</summary>
public static class SeedSpread
{
    /// <summary>Mean and standard deviation over seeds; of one run its number.</summary>
    /// <param name="values">A number of every run; at least one.</param>
    /// <param name="format">How many digits.</param>
    /// <param name="unit">What stands behind the mean.</param>
    public static string Text(IEnumerable<double> values, string format, string unit = "")
    {
        double[] all = [.. values];
        double mean = all.Average();
        string text = mean.ToString(format, CultureInfo.InvariantCulture) + unit;
        return all.Length == 1
            ? text
            : text + " ± " + Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - 1))
                .ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Mean and standard deviation of shares, in percent.</summary>
    /// <param name="shares">A share of every run, 0 to 1; at least one.</param>
    /// <param name="format">How many digits.</param>
    public static string Percent(IEnumerable<double> shares, string format) =>
        Text(shares.Select(s => 100 * s), format, " %");

    /// <summary>The median; of an even number the upper one.</summary>
    /// <param name="values">At least one number.</param>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
