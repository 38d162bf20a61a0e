using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks;

internal static class SamplerExtensions
{
    /// <summary>Samples with a simulator, which has finished when it returns: on one thread all of it on this one.</summary>
    public static void Finish(this ISampler sampler, ProblemBatch problems, SampleSet result, SamplingKey key)
    {
        ValueTask sampling = sampler.SampleAsync(problems, result, key);
        if (!sampling.IsCompleted)
        {
            throw new InvalidOperationException($"{sampler.Name} is no simulator: it answers later.");
        }

        sampling.GetAwaiter().GetResult();
    }
}
