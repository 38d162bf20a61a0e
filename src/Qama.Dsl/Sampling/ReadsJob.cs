using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>All reads of all problems of a batch, shared out among threads; what a simulator does for one read is left to
/// it. Memory is kept from call to call.</summary>
internal abstract class ReadsJob : ParallelJob
{
    private float[][] _scratch = [];
    private SampleSet? _result;
    private SamplingKey _key;

    /// <summary>Ends the reads: to be looked at after every sweep.</summary>
    protected CancellationToken Cancellation { get; private set; }

    /// <summary>The batch under way.</summary>
    protected ProblemBatch Problems { get; private set; } = null!;

    /// <summary>Fills a result; without a temperature, reads in order of rising energy.</summary>
    public void Run(
        ProblemBatch problems, SampleSet result, SamplingKey key, int threads, CancellationToken cancellation)
    {
        int count = problems.Count * result.ReadCount;
        int workers = threads == 0 ? WorkerPool.DefaultWorkers : threads;
        Reserve(Math.Min(workers, Math.Max(1, count)), problems);
        (Problems, _result, _key, Cancellation) = (problems, result, key, cancellation);
        try
        {
            WorkerPool.Shared.Run(this, count, workers);
        }
        finally
        {
            (Problems, _result, Cancellation) = (null!, null, default);
        }

        problems.Complete(result);
    }

    /// <inheritdoc/>
    public override void Execute(int index, int worker)
    {
        Cancellation.ThrowIfCancellationRequested();
        int problem = index / _result!.ReadCount;
        int read = index - problem * _result.ReadCount;
        RandomStream random = _key.Stream(problem, read);
        Span<byte> state = _result.State(problem, read);
        Read(problem, read, ref random, state, _scratch[worker], worker);
        _result.Energy(problem, read) = Problems.EnergyWithoutConstant(problem, state);
    }

    /// <summary>Finds one state.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="read">Which of its reads.</param>
    /// <param name="random">The read's stream.</param>
    /// <param name="state">Receives the state.</param>
    /// <param name="scratch">Memory for the problem's kernel.</param>
    /// <param name="worker">Selects memory of the simulator's own.</param>
    protected abstract void Read(
        int problem, int read, ref RandomStream random, Span<byte> state, Span<float> scratch, int worker);

    /// <summary>Makes room for a number of workers.</summary>
    protected virtual void Reserve(int workers, ProblemBatch problems)
    {
        Extend(ref _scratch, workers);
        for (int w = 0; w < workers; w++)
        {
            EnsureLength(ref _scratch[w], problems.ScratchLength);
        }
    }

    /// <summary>Lengthens a list of arrays by empty ones.</summary>
    protected static void Extend<T>(ref T[][] arrays, int count)
    {
        int had = arrays.Length;
        if (had < count)
        {
            Array.Resize(ref arrays, count);
            arrays.AsSpan(had).Fill([]);
        }
    }

    /// <summary>Replaces an array that is too short.</summary>
    protected static void EnsureLength<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
