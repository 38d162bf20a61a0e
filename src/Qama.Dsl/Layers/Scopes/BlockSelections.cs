using System.Diagnostics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers.Scopes;

/// <summary>Replays a pass of a causal layer, which asks for selections block after block: a <see cref="FixedSampler"/> has those of one
/// block.</summary>
/// <param name="states">[samples, blocks, variables]; not copied.</param>
/// <param name="blocks">Blocks of a sample.</param>
/// <param name="firstSeed">The seed of block 0 (<see cref="CausalPass{T}.KeyOf"/>): the others follow it.</param>
internal sealed class BlockSelections(byte[] states, int blocks, long firstSeed) : ISampler
{
    /// <inheritdoc/>
    public string Name => "fixed selections";

    /// <inheritdoc/>
    public bool SamplesAtTemperature => false;

    /// <inheritdoc/>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        SamplingChecks.Check(problems, result, cancellationToken);
        int block = checked((int)unchecked(key.Seed - firstSeed));
        for (int p = 0; p < problems.Count; p++)
        {
            Span<byte> state = result.State(p);
            states.AsSpan(((p * blocks) + block) * state.Length, state.Length).CopyTo(state);
            result.Energy(p) = problems.EnergyWithoutConstant(p, state);
        }

        problems.Complete(result);
        result.Provenance = Name;
        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }
}
