using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>Applies a search to all reads of all problems of a batch, and owns the memory for it.</summary>
internal sealed class SearchRun : ReadsJob<SearchMemory>
{
    private IReadSearch? _search;
    private SearchOptions _options;

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
        (_search, _options) = (search, options);
        try
        {
            Run(problems, result, key, options.Threads, cancellation);
        }
        finally
        {
            (_search, _options) = (null, default);
        }
    }

    protected override void Prepare(SearchMemory memory) =>
        (memory.Problem, memory.Trace, memory.Cancellation) = (-1, _options.Trace, Cancellation);

    protected override void Release(SearchMemory memory) => (memory.Trace, memory.Cancellation) = (null, default);

    protected override double Read(
        int problem, int read, ref RandomStream random, Span<byte> state, SearchMemory memory)
    {
        (IReadSearch search, ProblemBatch problems) = (_search!, Problems);
        memory.Read = read;
        if (memory.Problem != problem)
        {
            memory.Problem = -1;
            search.Load(problems, problem, memory);
            memory.Problem = problem;
        }

        Span<byte> candidate = memory.Candidate(state.Length);
        double best = search.ImprovesState ? problems.EnergyWithoutConstant(problem, state) : double.PositiveInfinity;
        for (int restart = 0; restart < _options.Restarts; restart++)
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

        return best;
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
