using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests;

public static class SamplerExtensions
{
    /// <summary>Samples with a simulator, which has finished when it returns.</summary>
    public static void Fill(this ISampler sampler, ProblemBatch batch, SampleSet result, SamplingKey key = default)
    {
        Task task = sampler.SampleAsync(batch, result, key).AsTask();
        Assert.True(task.IsCompletedSuccessfully);
    }
}
