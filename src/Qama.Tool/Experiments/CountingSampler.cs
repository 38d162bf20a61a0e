using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tool.Experiments;

/// <summary>A sampler that can be interrupted, and that counts what it found.</summary>
/// <param name="sampler">The sampler.</param>
/// <param name="stop">Interrupts it.</param>
internal sealed class CountingSampler(ISampler sampler, CancellationToken stop) : ISampler
{
    /// <inheritdoc/>
    public string Name => sampler.Name;

    /// <inheritdoc/>
    public bool SamplesAtTemperature => sampler.SamplesAtTemperature;

    /// <summary>Problems so far.</summary>
    public long Problems { get; private set; }

    /// <summary>Sum of the energies of their first reads.</summary>
    public double Energy { get; private set; }

    /// <summary>Problems whose first read violates a hard constraint.</summary>
    public long Infeasible { get; private set; }

    /// <inheritdoc/>
    public async ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        await sampler.SampleAsync(problems, result, key, stop).ConfigureAwait(false);
        for (int p = 0; p < problems.Count; p++)
        {
            Energy += result.Energy(p);
            Infeasible += problems.IsFeasible(p, result.State(p)) ? 0 : 1;
        }

        Problems += problems.Count;
    }
}
