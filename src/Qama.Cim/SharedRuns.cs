using Qama.Cim.Journal;

namespace Qama.Cim;

/// <summary>Lets callers that want the same task at the same time share one run of it, which ends when nobody waits any more.</summary>
internal sealed class SharedRuns
{
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);

    /// <summary>Joins the run of a task or starts it. After cancellation it waits until the run has stopped where that is safe.</summary>
    public async Task<JournalEntry> JoinAsync(
        string key, Func<CancellationToken, Task<JournalEntry>> start, CancellationToken cancellationToken)
    {
        Run run = Join(key, start);
        while (run.Stop.IsCancellationRequested)
        {
            // It is being stopped, perhaps in the middle of a submission: what comes of that decides what is left to do.
            await ((Task)run.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            run = Join(key, start);
        }

        bool hasLeft = false;
        try
        {
            return await run.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            hasLeft = true;
            if (Leave(run))
            {
                await ((Task)run.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            if (!hasLeft)
            {
                Leave(run);
            }
        }
    }

    private Run Join(string key, Func<CancellationToken, Task<JournalEntry>> start)
    {
        lock (_runs)
        {
            if (!_runs.TryGetValue(key, out Run? run))
            {
                run = new Run();
                _runs[key] = run;
                run.Task = Task.Run(() => RunAsync(key, run, start), CancellationToken.None);
            }

            run.Waiting += run.Stop.IsCancellationRequested ? 0 : 1;
            return run;
        }
    }

    private async Task<JournalEntry> RunAsync(string key, Run run, Func<CancellationToken, Task<JournalEntry>> start)
    {
        try
        {
            return await start(run.Stop.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_runs)
            {
                if (_runs.TryGetValue(key, out Run? current) && current == run)
                {
                    _runs.Remove(key);
                }
            }
        }
    }

    // True for the last one: the run is stopped.
    private bool Leave(Run run)
    {
        lock (_runs)
        {
            if (--run.Waiting > 0)
            {
                return false;
            }

            // Within the lock: nobody joins between the decision and the cancellation. Nothing runs inline here.
            _ = run.Stop.CancelAsync();
        }

        return true;
    }

    private sealed class Run
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task<JournalEntry> Task { get; set; } = null!;

        public int Waiting { get; set; }
    }
}
