using System.Collections.Concurrent;
using Qama.Numerics;

namespace Qama.Tests.Numerics;

/// <summary>Loops shared among threads, and loops inside of loops.</summary>
[Collection(Alone.Name)]
public class WorkerPoolTests
{
    [Theory]
    [InlineData(1, 4, 4, 4)] // one index has all threads
    [InlineData(1, 1, 4, 1)]
    [InlineData(2, 4, 3, 2)]
    [InlineData(3, 4, 9, 1)]
    [InlineData(2, 7, 5, 3)]
    public void Threads_without_an_index_run_loops_inside(int count, int threads, int inner, int least)
    {
        var shares = new ConcurrentBag<int>();
        var executed = new int[count * inner];
        var workers = new ConcurrentBag<(int Outer, int Worker)>();
        Run(count, threads, (i, _) =>
        {
            shares.Add(WorkerPool.Share);
            Run(inner, 100, (k, worker) =>
            {
                Interlocked.Increment(ref executed[(i * inner) + k]);
                workers.Add((i, worker));
            });
        });

        Assert.All(executed, n => Assert.Equal(1, n));
        Assert.All(shares, share => Assert.InRange(share, least, threads)); // more towards the end
        Assert.All(workers, w => Assert.InRange(w.Worker, 0, Math.Min(inner, threads) - 1));
        Assert.Equal(1, WorkerPool.Share);
    }

    [Fact]
    public void A_loop_inside_runs_on_several_threads_at_once()
    {
        var meeting = new Barrier(3);
        Run(1, 3, (_, _) => Run(3, 3, (_, _) => Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(60)))));
        var six = new Barrier(6);
        Run(2, 6, (_, _) => Run(3, 3, (_, _) => Assert.True(six.SignalAndWait(TimeSpan.FromSeconds(60)))));
    }

    [Fact]
    public void One_thread_stays_one_thread_inside() => Run(2, 1, (_, _) =>
    {
        int thread = Environment.CurrentManagedThreadId;
        Assert.Equal(1, WorkerPool.Share);
        Run(5, 8, (_, _) => Assert.Equal(thread, Environment.CurrentManagedThreadId));
    });

    [Fact]
    public void Failures_inside_reach_the_caller_and_the_pool_works_on()
    {
        for (int k = 0; k < 20; k++)
        {
            Assert.Throws<FormatException>(() => Run(2, 4, (i, _) => Run(4, 2, (j, _) =>
            {
                if (i == 1 && j == 2)
                {
                    throw new FormatException();
                }
            })));
        }

        Threads_without_an_index_run_loops_inside(2, 4, 3, 2);
    }

    [Fact]
    public void Loops_from_many_threads_at_once_are_whole()
    {
        var executed = new int[4];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (int k = 0; k < 200; k++)
            {
                Run(3, 3, (_, _) => Run(2, 3, (_, _) => Interlocked.Increment(ref executed[t])));
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.All(executed, n => Assert.Equal(1_200, n));
    }

    [Fact]
    public void Running_loops_allocates_nothing()
    {
        var job = new Job((_, _) => { });
        var outer = new Job((_, _) => WorkerPool.Shared.Run(job, 3, 3));
        WorkerPool.Shared.Run(outer, 2, 4);
        WorkerPool.Shared.Run(outer, 2, 4);
        Allocations.AssertNone(() =>
        {
            WorkerPool.Shared.Run(outer, 2, 4);
            WorkerPool.Shared.Run(job, 3, 3);
        });
    }

    private static void Run(int count, int threads, Action<int, int> body) => WorkerPool.Shared.Run(new Job(body), count, threads);

    private sealed class Job(Action<int, int> body) : ParallelJob
    {
        public override void Execute(int index, int worker) => body(index, worker);
    }
}
