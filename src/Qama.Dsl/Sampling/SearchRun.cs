using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>Applies a search to all reads of all problems of a batch, and owns the memory for it. Reads depend on the problem
/// and their own random stream alone, so neither threads nor the split of a batch change them.</summary>
internal sealed class SearchRun : ParallelJob
{
    private SearchMemory[] _memory = [];
    private IReadSearch? _search;
    private ProblemBatch? _problems;
    private SampleSet? _result;
    private SamplingKey _key;
    private int _restarts;

    /// <summary>Bits of the registers to search with: the machine's, unless a test asks for others.</summary>
    public int RegisterBits { get; init; } = VectorPath.Bits;

    /// <summary>Fills a sample set.</summary>
    /// <param name="search">The search.</param>
    /// <param name="problems">The problems, checked.</param>
    /// <param name="result">Receives states and energies, in order of rising energy.</param>
    /// <param name="key">What random numbers depend on.</param>
    /// <param name="options">Restarts, threads, whom to tell.</param>
    /// <param name="cancellation">Ends the search.</param>
    public void Run(
        IReadSearch search, ProblemBatch problems, SampleSet result, SamplingKey key, in SearchOptions options,
        CancellationToken cancellation)
    {
        int reads = problems.Count * result.ReadCount;
        int workers = Math.Min(options.Threads == 0 ? WorkerPool.DefaultWorkers : options.Threads, reads);
        Reserve(workers, options.Trace, cancellation);
        (_search, _problems, _result, _key, _restarts) = (search, problems, result, key, options.Restarts);
        try
        {
            WorkerPool.Shared.Run(this, reads, workers);
        }
        finally
        {
            (_search, _problems, _result) = (null, null, null);
            Release();
        }

        problems.Complete(result);
    }

    public override void Execute(int index, int worker)
    {
        (IReadSearch search, ProblemBatch problems, SampleSet result) = (_search!, _problems!, _result!);
        SearchMemory memory = _memory[worker];
        memory.Cancellation.ThrowIfCancellationRequested();
        int problem = index / result.ReadCount;
        memory.Read = index - (problem * result.ReadCount);
        if (memory.Problem != problem)
        {
            memory.Problem = -1;
            search.Load(problems, problem, memory);
            memory.Problem = problem;
        }

        RandomStream random = _key.Stream(problem, memory.Read);
        Span<byte> state = result.State(problem, memory.Read);
        Span<byte> candidate = memory.Candidate(state.Length);
        double best = search.ImprovesState ? problems.EnergyWithoutConstant(problem, state) : double.PositiveInfinity;
        for (int restart = 0; restart < _restarts; restart++)
        {
            memory.Begin();
            var action = new SearchAction(search, memory, state, ref random);
            VectorPath.Run<float, SearchAction>(RegisterBits, ref action);
            search.Decode(memory, candidate);
            ClearAbsent(problems, problem, candidate);
            double energy = problems.EnergyWithoutConstant(problem, candidate);
            if (!(energy >= best)) // also when it is no number: a read never keeps what the state held before
            {
                best = energy;
                candidate.CopyTo(state);
            }
        }

        result.Energy(problem, memory.Read) = best;
    }

    private static void ClearAbsent(ProblemBatch problems, int problem, Span<byte> state)
    {
        for (int v = 0; v < state.Length; v++)
        {
            if (state[v] != 0 && !problems.IsPresent(problem, v))
            {
                state[v] = 0;
            }
        }
    }

    private void Reserve(int workers, EnergyTrace? trace, CancellationToken cancellation)
    {
        int had = _memory.Length;
        if (had < workers)
        {
            Array.Resize(ref _memory, workers);
            for (int w = had; w < workers; w++)
            {
                _memory[w] = new SearchMemory();
            }
        }

        foreach (SearchMemory memory in _memory)
        {
            (memory.Problem, memory.Trace, memory.Cancellation) = (-1, trace, cancellation);
        }
    }

    // What belongs to the caller of a run that is over.
    private void Release()
    {
        foreach (SearchMemory memory in _memory)
        {
            (memory.Trace, memory.Cancellation) = (null, default);
        }
    }

    private readonly ref struct SearchAction(
        IReadSearch search, SearchMemory memory, ReadOnlySpan<byte> state, ref RandomStream random) : IVectorAction<float>
    {
        private readonly IReadSearch _search = search;
        private readonly SearchMemory _memory = memory;
        private readonly ReadOnlySpan<byte> _state = state;
        private readonly ref RandomStream _random = ref random;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float> => _search.Search<TVector>(_memory, _state, ref _random);
    }
}

/// <summary>What searches have in common.</summary>
/// <param name="Restarts">Searches per read, of which the best is kept.</param>
/// <param name="Threads">Threads, 0 for all processors.</param>
/// <param name="Trace">Whom to tell.</param>
internal readonly record struct SearchOptions(int Restarts, int Threads, EnergyTrace? Trace);
