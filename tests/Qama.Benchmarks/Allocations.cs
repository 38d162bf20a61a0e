namespace Qama.Benchmarks;

/// <summary>Counts what calls allocate.</summary>
internal static class Allocations
{
    /// <summary>Bytes per call, all threads together.</summary>
    public static double PerCall(Action action, int calls)
    {
        action();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < calls; i++)
        {
            action();
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)calls;
    }
}
