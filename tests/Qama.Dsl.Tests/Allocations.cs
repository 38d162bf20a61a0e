namespace Qama.Tests;

/// <summary>What a step takes from the heap on the thread that runs it.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>A step that has run before allocates nothing. What it takes itself, it takes in every round; memory that tests
    /// which run at the same time share with it (workers, samplers' scratch) in the first one alone.</summary>
    public static void AssertNone(Action step)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
