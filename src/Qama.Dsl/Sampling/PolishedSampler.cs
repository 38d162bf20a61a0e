using System.Diagnostics;
using System.Globalization;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// A sampler followed by local search: each state of another sampler descends to a local minimum and, if asked for, is the
/// start of a tabu search. No state gets worse.
/// </summary>
/// <remarks>For simulators and machines alike: a machine's answer is polished when it has arrived.</remarks>
public sealed class PolishedSampler : ISampler, IReadSearch
{
    private readonly DescriptionCache<(string, int)> _description = new();
    private readonly Spare<SearchRun> _runs = new();

    /// <summary>Polishes the states of a sampler.</summary>
    /// <param name="inner">The sampler.</param>
    public PolishedSampler(ISampler inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <summary>The sampler whose states are polished.</summary>
    public ISampler Inner { get; }

    /// <inheritdoc/>
    public string Name => Inner.Name + ", polished";

    /// <summary>Flips of the tabu search that follows the descent, 0 (default: none) to 10,000,000.</summary>
    public int TabuSteps { get; set; }

    /// <summary>Flips without improvement after which part of the best state is flipped at random; 0 for twice the number of
    /// variables, at least 100 (default).</summary>
    public int Stall { get; set; }

    /// <summary>Threads of the polishing, 0 for all processors (default). Results do not depend on it.</summary>
    public int Threads { get; set; }

    /// <summary>Told the best energy of a read now and then; null for nobody (default).</summary>
    public EnergyTrace? Trace { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a setting is out of range.</exception>
    /// <exception cref="NotSupportedException">A temperature is asked for: polished states are no Boltzmann samples.</exception>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        SamplingChecks.CheckSearch(problems, result, "polishing", cancellationToken);
        SamplingChecks.Within(TabuSteps, 0, 10_000_000, nameof(TabuSteps));
        SamplingChecks.AtLeast(Stall, 0, nameof(Stall));
        SamplingChecks.AtLeast(Threads, 0, nameof(Threads));
        ValueTask sampling = Inner.SampleAsync(problems, result, key, cancellationToken);
        if (!sampling.IsCompletedSuccessfully)
        {
            return PolishLaterAsync(sampling, problems, result, key, cancellationToken);
        }

        sampling.GetAwaiter().GetResult();
        Polish(problems, result, key, cancellationToken);
        return ValueTask.CompletedTask;
    }

    bool IReadSearch.ImprovesState => true;

    void IReadSearch.Load(ProblemBatch problems, int problem, SearchMemory memory) => problems.WriteStructure(problem, memory.Energy);

    unsafe void IReadSearch.Search<TVector>(SearchMemory memory, ReadOnlySpan<byte> state, ref RandomStream random)
    {
        memory.Planes.Reserve(memory.Energy.PlaneLength);
        memory.Energy.ToPlanes(state, memory.Planes.Start);
        memory.Flips.Start<TVector>(memory.Energy, memory.Planes.Start);
        memory.Flips.Descend<TVector>();
        if (TabuSteps > 0)
        {
            memory.Flips.Tabu<TVector>(TabuSteps, TabuSampler.StallFor(Stall, memory.Energy), ref random, memory);
            memory.Flips.Finish<TVector>();
        }

        memory.Offer(memory.Flips.Best, memory.Flips.BestEnergy);
        memory.Report(TabuSteps);
    }

    unsafe void IReadSearch.Decode(SearchMemory memory, Span<byte> state) => memory.Energy.ToState(memory.Best, state);

    private async ValueTask PolishLaterAsync(
        ValueTask sampling, ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken)
    {
        await sampling.ConfigureAwait(false);
        Polish(problems, result, key, cancellationToken);
    }

    private void Polish(ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();

        // Other numbers than the ones the states were found with.
        var polishKey = key with { Seed = (long)RandomStream.Mix((ulong)key.Seed ^ 0x506F6C697368) };
        using (Spare<SearchRun>.Lease run = _runs.Take())
        {
            run.Value.Run(this, problems, result, polishKey, new SearchOptions(1, Threads, Trace), cancellationToken);
        }

        result.Provenance = _description.Get((result.Provenance, TabuSteps), static s => s.Item2 == 0
            ? s.Item1 + ", then descent"
            : string.Create(CultureInfo.InvariantCulture, $"{s.Item1}, then {s.Item2} steps of tabu search"));
        result.SamplingTime += Stopwatch.GetElapsedTime(start);
    }
}
