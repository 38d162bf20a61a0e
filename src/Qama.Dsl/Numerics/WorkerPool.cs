using System.Runtime.ExceptionServices;

namespace Qama.Numerics;

/// <summary>A loop body that a <see cref="WorkerPool"/> runs over indices. Keep one object and run it many times: running
/// it allocates nothing.</summary>
public abstract class ParallelJob
{
    /// <summary>Does the work of one index.</summary>
    /// <param name="index">The index, 0 to count − 1; every index is executed exactly once.</param>
    /// <param name="worker">The worker that executes it, 0 to workers − 1: selects scratch memory, never results.</param>
    public abstract void Execute(int index, int worker);
}

/// <summary>
/// Persistent threads for loops over the problems or samples of a batch. Indices are handed out one by one, so results
/// must not depend on which worker takes which; running a loop allocates nothing.
/// </summary>
/// <remarks>One loop runs at a time: a loop started while another runs (from a second thread, or from inside a job) is
/// executed on the calling thread alone, which is correct and merely slower.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
public sealed class WorkerPool
{
    private readonly Lock _owner = new();
    private readonly List<Thread> _threads = [];
    private readonly SemaphoreSlim _start = new(0);
    private readonly ManualResetEventSlim _finished = new();
    private ParallelJob? _job;
    private int _count;
    private int _next;
    private int _worker;
    private int _running;
    private ExceptionDispatchInfo? _failure;

    private WorkerPool()
    {
    }

    /// <summary>The process's pool. Threads are created when first needed.</summary>
    public static WorkerPool Shared { get; } = new();

    /// <summary>The number of workers meant by "all": the processors of the machine.</summary>
    public static int DefaultWorkers => Environment.ProcessorCount;

    /// <summary>Executes <paramref name="job"/> for every index in 0..count−1 and returns when all are done.</summary>
    /// <param name="job">The loop body.</param>
    /// <param name="count">Number of indices; 0 does nothing.</param>
    /// <param name="workers">Largest number of threads used, the calling one included.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative count, or fewer than one worker.</exception>
    /// <remarks>The first exception of a body stops the handing-out of indices and is rethrown here.</remarks>
    public void Run(ParallelJob job, int count, int workers)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        workers = Math.Min(workers, count);
        if (workers <= 1 || _owner.IsHeldByCurrentThread || !_owner.TryEnter())
        {
            for (int i = 0; i < count; i++)
            {
                job.Execute(i, 0);
            }

            return;
        }

        try
        {
            RunShared(job, count, workers);
        }
        finally
        {
            _owner.Exit();
        }
    }

    private void RunShared(ParallelJob job, int count, int workers)
    {
        while (_threads.Count < workers - 1)
        {
            var thread = new Thread(Loop) { IsBackground = true, Name = "Qama worker" };
            _threads.Add(thread);
            thread.Start();
        }

        _job = job;
        _count = count;
        _next = 0;
        _worker = 0;
        _running = workers;
        _failure = null;
        _finished.Reset();
        _start.Release(workers - 1);
        Work(0);
        _finished.Wait();
        _job = null;
        _failure?.Throw();
    }

    private void Loop()
    {
        while (true)
        {
            _start.Wait();
            Work(Interlocked.Increment(ref _worker));
        }
    }

    private void Work(int worker)
    {
        ParallelJob job = _job!;
        try
        {
            for (int i; (i = Interlocked.Increment(ref _next) - 1) < _count;)
            {
                job.Execute(i, worker);
            }
        }
#pragma warning disable CA1031 // Any failure of a body must reach the thread that runs the loop.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            Volatile.Write(ref _next, int.MaxValue / 2);
        }

        if (Interlocked.Decrement(ref _running) == 0)
        {
            _finished.Set();
        }
    }
}
