using System.Diagnostics;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// A simulator that searches on the structure of a problem: what the coherent Ising machine, simulated bifurcation and tabu
/// search have in common.
/// </summary>
/// <remarks>Works on every batch: declared models by their structure, plain problems by their matrix. One sampler may be used
/// by several threads; its settings should not change meanwhile. Nothing is allocated per call after the first of a
/// shape.</remarks>
public abstract class SearchSampler : ISampler, IReadSearch
{
    private readonly Spare<SearchRun> _runs = new();

    private protected SearchSampler()
    {
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>Searches per read, of which the best is kept; at least 1. Default 1.</summary>
    public int Restarts { get; set; } = 1;

    /// <summary>Threads, 0 for all processors (default). Results do not depend on it.</summary>
    public int Threads { get; set; }

    /// <summary>Told the best energy of a read now and then; null for nobody (default).</summary>
    public EnergyTrace? Trace { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or the batch is empty, or a setting is out of
    /// range.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        SamplingChecks.CheckSearch(problems, result, Name, cancellationToken);
        SamplingChecks.AtLeast(Restarts, 1, nameof(Restarts));
        SamplingChecks.AtLeast(Threads, 0, nameof(Threads));
        Check(problems);

        using (Spare<SearchRun>.Lease run = _runs.Take())
        {
            run.Value.Run(this, problems, result, key, new SearchOptions(Restarts, Threads, Trace), cancellationToken);
        }

        result.Provenance = Describe();
        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }

    void IReadSearch.Load(ProblemBatch problems, int problem, SearchMemory memory) => Load(problems, problem, memory);

    void IReadSearch.Search<TVector>(SearchMemory memory, ReadOnlySpan<byte> state, ref RandomStream random) =>
        Search<TVector>(memory, ref random);

    void IReadSearch.Decode(SearchMemory memory, Span<byte> state) => Decode(memory, state);

    /// <summary>Checks the settings; throws before any work.</summary>
    private protected abstract void Check(ProblemBatch problems);

    /// <summary>The settings in words.</summary>
    private protected abstract string Describe();

    /// <summary>Searches once, from a random start.</summary>
    /// <typeparam name="TVector">16 floats in the machine's registers.</typeparam>
    internal abstract void Search<TVector>(SearchMemory memory, ref RandomStream random)
        where TVector : struct, IVector<TVector, float>;

    private protected virtual void Load(ProblemBatch problems, int problem, SearchMemory memory) =>
        problems.WriteStructure(problem, memory.Energy);

    private protected virtual unsafe void Decode(SearchMemory memory, Span<byte> state) =>
        memory.Energy.ToState(memory.Best, state);
}
