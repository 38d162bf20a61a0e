using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Layers;

/// <summary>Answers every problem with the reads it is given, in their order, as if they were drawn at any temperature.</summary>
internal sealed class GivenReads(params byte[][] reads) : ISampler
{
    public byte[][] Reads { get; set; } = reads;

    /// <summary>The temperature that was asked for.</summary>
    public double? Temperature { get; private set; }

    public string Name => "given reads";

    public bool SamplesAtTemperature => true;

    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        Temperature = result.Temperature;
        for (int p = 0; p < problems.Count; p++)
        {
            for (int r = 0; r < result.ReadCount; r++)
            {
                Reads[r].CopyTo(result.State(p, r));
            }
        }

        return ValueTask.CompletedTask;
    }
}
