using System.Diagnostics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Replays given selections: for tests, ablations and recorded runs. Energies are computed anew from the problems at hand.
/// </summary>
public sealed class FixedSampler : ISampler
{
    private readonly byte[][] _states; // [problem * reads + read]
    private readonly int _reads;
    private readonly int _problems;

    /// <summary>One selection per problem, in the order of the batch.</summary>
    /// <param name="states">Values 0 or 1, ordered head, token, bit; all of one length. Copied.</param>
    /// <exception cref="ArgumentException">No state, different lengths, or a value that is not 0 or 1.</exception>
    public FixedSampler(params IReadOnlyList<byte[]> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.Count == 0)
        {
            throw new ArgumentException("Expected at least one state.", nameof(states));
        }

        for (int p = 0; p < states.Count; p++)
        {
            if (states[p] is null || states[p].Length != states[0].Length)
            {
                throw new ArgumentException($"Expected states of one length; state {p} differs from state 0.", nameof(states));
            }

            if (states[p].AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)1) is int bad and >= 0)
            {
                throw new ArgumentException($"Expected 0 or 1, got {states[p][bad]} in state {p}.", nameof(states));
            }
        }

        _states = [.. states.Select(s => (byte[])s.Clone())];
        _problems = states.Count;
        _reads = 1;
    }

    /// <summary>All problems and reads of a sample set.</summary>
    /// <param name="recorded">The selections; copied. If drawn at a temperature, they may be replayed at that one.</param>
    public FixedSampler(SampleSet recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        _problems = recorded.Capacity;
        _reads = recorded.ReadCount;
        _states = new byte[_problems * _reads][];
        for (int k = 0; k < _states.Length; k++)
        {
            _states[k] = recorded.State(k / _reads, k % _reads).ToArray();
        }

        Temperature = recorded.Temperature;
    }

    /// <inheritdoc/>
    public string Name => "fixed selections";

    /// <summary>The temperature that the selections were drawn at; null for none.</summary>
    public double? Temperature { get; init; }

    /// <inheritdoc/>
    public bool SamplesAtTemperature => Temperature is not null;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or there are more problems or reads, or
    /// other variables, than were given.</exception>
    /// <exception cref="NotSupportedException">A temperature is asked for that the selections were not drawn at.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        SamplingChecks.Check(problems, result, cancellationToken);
        Check(problems, result);
        for (int p = 0; p < problems.Count; p++)
        {
            for (int r = 0; r < result.ReadCount; r++)
            {
                Span<byte> state = result.State(p, r);
                _states[p * _reads + r].CopyTo(state);
                result.Energy(p, r) = problems.EnergyWithoutConstant(p, state);
            }
        }

        problems.Complete(result);
        result.Provenance = "fixed selections";
        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes states alone, in the order that they were given in.</summary>
    internal void CopyTo(SampleSet result, int problems)
    {
        for (int k = 0; k < problems * result.ReadCount; k++)
        {
            (int problem, int read) = int.DivRem(k, result.ReadCount);
            _states[(problem * _reads) + read].CopyTo(result.State(problem, read));
        }
    }

    private void Check(ProblemBatch problems, SampleSet result)
    {
        if (result.Temperature is double wanted && wanted != Temperature)
        {
            throw new NotSupportedException(
                $"Selections for temperature {wanted} are asked for, but these were drawn at "
                + $"{(Temperature is null ? "none" : Temperature)}.");
        }

        if (_states[0].Length != problems.VariableCount)
        {
            throw new ArgumentException(
                $"Expected problems of {_states[0].Length} variables, as the fixed selections have, got {problems.VariableCount}.",
                nameof(problems));
        }

        if (problems.Count > _problems)
        {
            throw new ArgumentException(
                $"Selections of {_problems} problems were given, {problems.Count} are asked for.", nameof(problems));
        }

        if (result.ReadCount > _reads)
        {
            throw new ArgumentException(
                $"{_reads} reads per problem were given, {result.ReadCount} are asked for.", nameof(result));
        }
    }
}
