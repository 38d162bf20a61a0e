using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>All reads of all problems of a batch, shared out among threads; what a simulator does for one read is left to
/// it. Reads depend on the problem and their own random stream alone, so neither threads nor the split of a batch
/// change them. Memory is kept from call to call.</summary>
/// <typeparam name="TMemory">What one worker needs.</typeparam>
internal abstract class ReadsJob<TMemory> : ParallelJob
    where TMemory : class, new()
{
    private TMemory[] _memory = [];
    private SampleSet? _result;
    private SamplingKey _key;

    /// <summary>Ends the reads: to be looked at after every sweep.</summary>
    protected CancellationToken Cancellation { get; private set; }

    /// <summary>The batch under way.</summary>
    protected ProblemBatch Problems { get; private set; } = null!;

    /// <summary>Fills a result; without a temperature, reads in order of rising energy.</summary>
    /// <param name="problems">The problems, checked.</param>
    /// <param name="result">Receives states and energies.</param>
    /// <param name="key">What random numbers depend on.</param>
    /// <param name="threads">Threads, 0 for all processors.</param>
    /// <param name="cancellation">Ends the reads.</param>
    protected void Run(
        ProblemBatch problems, SampleSet result, SamplingKey key, int threads, CancellationToken cancellation)
    {
        int count = problems.Count * result.ReadCount;
        threads = threads == 0 ? WorkerPool.DefaultWorkers : threads;
        (Problems, _result, _key, Cancellation) = (problems, result, key, cancellation);
        try
        {
            Reserve(Math.Clamp(count, 1, threads));
            WorkerPool.Shared.Run(this, count, threads); // a read may use threads that have no read of their own
        }
        finally
        {
            foreach (TMemory memory in _memory)
            {
                Release(memory);
            }

            (Problems, _result, Cancellation) = (null!, null, default);
        }

        problems.Complete(result);
    }

    /// <inheritdoc/>
    public override void Execute(int index, int worker)
    {
        Cancellation.ThrowIfCancellationRequested();
        int problem = index / _result!.ReadCount;
        int read = index - (problem * _result.ReadCount);
        RandomStream random = _key.Stream(problem, read);
        _result.Energy(problem, read) = Read(problem, read, ref random, _result.State(problem, read), _memory[worker]);
    }

    /// <summary>Finds one state.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="read">Which of its reads.</param>
    /// <param name="random">The read's stream.</param>
    /// <param name="state">Receives the state.</param>
    /// <param name="memory">The worker's.</param>
    /// <returns>The state's energy without the constant.</returns>
    protected abstract double Read(int problem, int read, ref RandomStream random, Span<byte> state, TMemory memory);

    /// <summary>Makes a worker's memory ready for the batch.</summary>
    protected abstract void Prepare(TMemory memory);

    /// <summary>Forgets what belongs to the caller of a run that is over.</summary>
    protected virtual void Release(TMemory memory)
    {
    }

    private void Reserve(int workers)
    {
        int had = _memory.Length;
        if (had < workers)
        {
            Array.Resize(ref _memory, workers);
            for (int w = had; w < workers; w++)
            {
                _memory[w] = new TMemory();
            }
        }

        for (int w = 0; w < workers; w++)
        {
            Prepare(_memory[w]);
        }
    }
}

/// <summary>Memory that a problem's own kernel works in.</summary>
internal class KernelMemory
{
    private float[] _scratch = [];

    /// <summary>The memory.</summary>
    public Span<float> Scratch => _scratch;

    /// <summary>Makes room.</summary>
    public void Reserve(ProblemBatch problems)
    {
        if (_scratch.Length < problems.ScratchLength)
        {
            _scratch = new float[problems.ScratchLength];
        }
    }
}

/// <summary>What one call after another works with; a second call at the same time works with one of its own.</summary>
internal sealed class Spare<T>
    where T : class, new()
{
    private T? _idle = new();

    /// <summary>Takes it, until the lease is disposed.</summary>
    public Lease Take() => new(this, Interlocked.Exchange(ref _idle, null) ?? new T());

    /// <summary>What was taken.</summary>
    public readonly struct Lease(Spare<T> owner, T value) : IDisposable
    {
        public T Value => value;

        public void Dispose() => owner._idle = value;
    }
}
