namespace Qama.Benchmarks;

/// <summary>Medians: a shared machine disturbs single runs.</summary>
internal static class Median
{
    /// <summary>Median processor time of a call in milliseconds (<see cref="ThreadClock"/>), after calls that are not counted.</summary>
    public static double Milliseconds(Action action, int warmup, int repeats)
    {
        for (int i = 0; i < warmup; i++)
        {
            action();
        }

        var times = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            double start = ThreadClock.Microseconds;
            action();
            times[i] = (ThreadClock.Microseconds - start) * 1e-3;
        }

        return Of(times);
    }

    /// <summary>Calls for so much processor time that the runtime has replaced the first, unoptimised code.</summary>
    public static void Warm(Action action, double seconds)
    {
        double start = ThreadClock.Microseconds;
        do
        {
            action();
        }
        while (ThreadClock.Microseconds - start < seconds * 1e6);
    }

    /// <summary>The median.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
