using System.Diagnostics;
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
/// Persistent threads for loops over the problems or samples of a batch. Indices are handed out one by one in rising order, so results
/// must not depend on which worker takes which; running a loop allocates nothing.
/// </summary>
/// <remarks>Threads that a loop has no index for run loops that are started from inside its bodies: each gets an equal share. A loop
/// started from a second thread while another runs is executed on the calling thread alone, which is correct and merely
/// slower.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
public sealed class WorkerPool
{
    [ThreadStatic]
    private static Loop? _current; // that this thread executes indices of, with others

    [ThreadStatic]
    private static int _limit; // of threads for loops started from inside; 0 outside of all loops

    private readonly Lock _owner = new(); // of whoever runs a loop that is inside of no other
    private readonly Lock _access = new(); // to what follows
    private readonly Stack<Helper> _idle = new();
    private readonly Stack<Loop> _spare = new();
    private int _created;
    private int _largest;

    private WorkerPool()
    {
    }

    /// <summary>The process's pool. Threads are created when first needed.</summary>
    public static WorkerPool Shared { get; } = new();

    /// <summary>The number of workers meant by "all": the processors of the machine.</summary>
    public static int DefaultWorkers => Environment.ProcessorCount;

    /// <summary>Threads that a loop started here by the body of another may use, the calling one included; 1 outside of loops.</summary>
    internal static int Share => _limit == 0 ? 1 : Math.Min(_limit, _current?.Share ?? _limit);

    /// <summary>Executes <paramref name="job"/> for every index in 0..count−1 and returns when all are done.</summary>
    /// <param name="job">The loop body.</param>
    /// <param name="count">Number of indices; 0 does nothing.</param>
    /// <param name="workers">Largest number of threads used, the calling one and those of loops inside included. Workers of the job
    /// are no more than indices.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative count, or fewer than one worker.</exception>
    /// <remarks>The first exception of a body stops the handing-out of indices and is rethrown here.</remarks>
    public void Run(ParallelJob job, int count, int workers)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        int threads = _limit == 0 ? workers : Math.Min(workers, Share);
        if (Math.Min(threads, count) <= 1)
        {
            RunAlone(job, count, threads);
        }
        else if (_current is not null)
        {
            RunShared(job, count, threads);
        }
        else if (_owner.TryEnter())
        {
            try
            {
                RunShared(job, count, threads);
            }
            finally
            {
                _owner.Exit();
            }
        }
        else
        {
            RunAlone(job, count, 1);
        }
    }

    private static void RunAlone(ParallelJob job, int count, int threads)
    {
        int limit = _limit;
        _limit = threads;
        try
        {
            for (int i = 0; i < count; i++)
            {
                job.Execute(i, 0);
            }
        }
        finally
        {
            _limit = limit;
        }
    }

    private void RunShared(ParallelJob job, int count, int threads)
    {
        Loop loop = Begin(job, count, threads);
        loop.Work(0);
        loop.Finish();
        ExceptionDispatchInfo? failure = loop.Failure;
        lock (_access)
        {
            loop.Clear();
            _spare.Push(loop);
        }

        failure?.Throw();
    }

    // Idle threads start with the loop, and new ones where the pool has fewer than were ever asked for. None waits for another.
    private Loop Begin(ParallelJob job, int count, int threads)
    {
        lock (_access)
        {
            _largest = Math.Max(_largest, threads);
            Loop loop = _spare.Count > 0 ? _spare.Pop() : new Loop();
            int wanted = Math.Min(threads, count) - 1;
            int helpers = Math.Min(wanted, _idle.Count + _largest - _created);
            loop.Start(job, count, helpers + 1, threads);
            for (int worker = 1; worker <= helpers; worker++)
            {
                if (!_idle.TryPop(out Helper? helper))
                {
                    helper = new Helper(this);
                    _created++;
                }

                helper.Start(loop, worker);
            }

            return loop;
        }
    }

    private void Return(Helper helper)
    {
        lock (_access)
        {
            _idle.Push(helper);
        }
    }

    // A thread of the pool.
    private sealed class Helper
    {
        private const int SpinsPerLook = 8;

        // A tenth of a millisecond.
        private static readonly long _patience = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 10_000 : 0;

        private readonly SemaphoreSlim _start = new(0);
        private readonly WorkerPool _pool;
        private Loop? _loop;
        private int _worker;

        public Helper(WorkerPool pool)
        {
            _pool = pool;
            new Thread(Serve) { IsBackground = true, Name = "Qama worker" }.Start();
        }

        public void Start(Loop loop, int worker)
        {
            (_loop, _worker) = (loop, worker);
            _start.Release();
        }

        // Loops of one pass follow each other within microseconds; to wake a blocked thread takes ten or more, a waiting one two.
        private void AwaitStart()
        {
            long end = Stopwatch.GetTimestamp() + _patience;
            while (_start.CurrentCount == 0 && Stopwatch.GetTimestamp() < end)
            {
                Thread.SpinWait(SpinsPerLook);
            }

            _start.Wait();
        }

        private void Serve()
        {
            while (true)
            {
                AwaitStart();
                Loop loop = _loop!;
                loop.Work(_worker);
                _pool.Return(this); // before the loop ends, so that the next one finds the thread
                loop.Leave();
            }
        }
    }

    // A loop under way.
    private sealed class Loop
    {
        private readonly ManualResetEventSlim _finished = new();
        private ParallelJob? _job;
        private int _count;
        private int _workers;
        private int _threads;
        private int _next;
        private int _unfinished;
        private int _running;
        private ExceptionDispatchInfo? _failure;

        public ExceptionDispatchInfo? Failure => _failure;

        // Of each index under way. Towards the end there are fewer of them.
        public int Share => Math.Max(1, _threads / Math.Clamp(Volatile.Read(ref _unfinished), 1, _workers));

        public void Start(ParallelJob job, int count, int workers, int threads)
        {
            (_job, _count, _workers, _threads, _next, _unfinished, _running) = (job, count, workers, threads, 0, count, workers);
            _finished.Reset();
        }

        public void Clear() => (_job, _failure) = (null, null);

        public void Finish()
        {
            Leave();
            _finished.Wait();
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _running) == 0)
            {
                _finished.Set();
            }
        }

        public void Work(int worker)
        {
            (Loop? outer, int limit) = (_current, _limit);
            (_current, _limit) = (this, int.MaxValue);
            try
            {
                for (int i; (i = Interlocked.Increment(ref _next) - 1) < _count;)
                {
                    _job!.Execute(i, worker);
                    Interlocked.Decrement(ref _unfinished);
                }
            }
#pragma warning disable CA1031 // Any failure of a body must reach the thread that runs the loop.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
                Volatile.Write(ref _next, int.MaxValue / 2);
            }

            (_current, _limit) = (outer, limit);
        }
    }
}
