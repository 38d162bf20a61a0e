using Qama.Problems;
using Qama.Sampling;

namespace Qama.Examples.CimInference;

/// <summary>A sampler that Ctrl+C stops: what has left is brought to its end, so that the next start can go on.</summary>
internal sealed class Interruptible(ISampler sampler, CancellationToken stop) : ISampler
{
    public string Name => sampler.Name;

    public ValueTask SampleAsync(ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) =>
        sampler.SampleAsync(problems, result, key, stop);
}
