using System.Diagnostics;

namespace Qama.Benchmarks;

/// <summary>Medians: a shared machine disturbs single runs.</summary>
internal static class Median
{
    /// <summary>Median time of a call in milliseconds, after calls that are not counted.</summary>
    public static double Milliseconds(Action action, int warmup, int repeats)
    {
        for (int i = 0; i < warmup; i++)
        {
            action();
        }

        var times = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return Of(times);
    }

    /// <summary>Calls for so long that the runtime has replaced the first, unoptimised code.</summary>
    public static void Warm(Action action, double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            action();
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
    }

    /// <summary>The median.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
