using Qama.Problems;
using Qama.Sampling;

namespace Qama.Generators.Tests.Layers;

/// <summary>Answers with given selections, [problem][read], as if they were drawn at any temperature that is asked for.</summary>
internal sealed class GivenSelections(byte[][][] states) : ISampler
{
    public string Name => "given selections";

    public bool SamplesAtTemperature => true;

    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        for (int p = 0; p < problems.Count; p++)
        {
            for (int r = 0; r < result.ReadCount; r++)
            {
                states[p][r].CopyTo(result.State(p, r));
            }
        }

        return ValueTask.CompletedTask;
    }
}
