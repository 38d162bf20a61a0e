using Qama.Problems;
using Qama.Sampling;

namespace Qama.Examples.Vision;

/// <summary>A sampler that can be interrupted, and that remembers what it found.</summary>
/// <param name="sampler">The sampler.</param>
/// <param name="stop">Interrupts it.</param>
internal sealed class WatchedSampler(ISampler sampler, CancellationToken stop) : ISampler
{
    public string Name => sampler.Name;

    /// <summary>Energies in the order of the images.</summary>
    public List<double> Energies { get; } = [];

    /// <summary>Selections that violate a hard constraint.</summary>
    public int Infeasible { get; private set; }

    /// <summary>Binary variables of a problem, slack included.</summary>
    public int Variables { get; private set; }

    public async ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        await sampler.SampleAsync(problems, result, key, stop);
        Variables = problems.VariableCount + problems.SlackCount;
        for (int p = 0; p < problems.Count; p++)
        {
            Energies.Add(result.Energy(p));
            Infeasible += problems.IsFeasible(p, result.State(p)) ? 0 : 1;
        }
    }
}
