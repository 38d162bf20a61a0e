using Qama.Numerics;

namespace Qama.Problems;

/// <summary>
/// What random numbers depend on, besides the declaration: results are the same for the same key whatever the number of
/// threads and however a batch is split.
/// </summary>
/// <param name="Seed">The user's seed.</param>
/// <param name="Step">The training or evaluation step.</param>
/// <param name="FirstSample">Global index of the batch's first sample: problem p of the batch is sample FirstSample + p.</param>
public readonly record struct SamplingKey(long Seed, long Step = 0, long FirstSample = 0)
{
    /// <summary>The random stream of one read of one problem of the batch.</summary>
    public RandomStream Stream(int problem, int read = 0) =>
        new(RandomStream.Mix(RandomStream.Mix(RandomStream.Mix((ulong)Seed) + (ulong)Step) + (ulong)(FirstSample + problem))
            + (ulong)read);
}
