using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Orleans.Runtime;

namespace Qama.Cluster.Campaigns;

/// <summary>The attempts that a worker process runs or has run.</summary>
/// <remarks>When the silo stops, attempts get some time to end; those that do not are given back, and their coordinators hear of it before
/// the silo is gone.</remarks>
internal sealed class WorkerRuns(CampaignTasks tasks, CampaignWorkerOptions options, TimeProvider time)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private const int MostLetters = 16_000_000;
    private const int LongestReason = 4_000;

    // A result that nobody has asked for in this time is of a campaign that is not there any more.
    private static readonly TimeSpan _kept = TimeSpan.FromDays(1);

    // Coordinators are told within this time, or learn it from the silo's death.
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Run> _runs = [];
    private bool _stopping;

    /// <summary>What this worker can do now.</summary>
    public WorkerOffer Offer
    {
        get
        {
            lock (_lock)
            {
                return _stopping ? new WorkerOffer(0, 0, [.. tasks.Names]) : new WorkerOffer(tasks.Places, Free, [.. tasks.Names]);
            }
        }
    }

    private int Free => tasks.Places - _runs.Values.Count(r => !r.Work.IsCompleted);

    /// <summary>Begins an attempt.</summary>
    /// <returns>Whether it is known; false if there is no place for it.</returns>
    public bool Start(RunOrder order)
    {
        lock (_lock)
        {
            foreach (Guid old in _runs.Where(r => r.Value.Ended is { } at && time.GetElapsedTime(at) > _kept).Select(r => r.Key).ToArray())
            {
                _runs.Remove(old);
            }

            if (_runs.ContainsKey(order.RunId))
            {
                return true;
            }

            if (_stopping || Free <= 0 || tasks.Find(order.TaskName) is not { } task)
            {
                return false;
            }

            var run = new Run();
            _runs.Add(order.RunId, run);

            // Not on the silo's own threads, which calls need.
            run.Work = Task.Factory.StartNew(
                () => RunAsync(task, order, run), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            return true;
        }
    }

    /// <summary>How an attempt is.</summary>
    public RunReport Report(Guid id)
    {
        lock (_lock)
        {
            return _runs.TryGetValue(id, out Run? run)
                ? new RunReport(id, run.Ended is null ? RunState.Running : run.State, run.Progress, run.Text)
                : new RunReport(id, RunState.Unknown, 0, null);
        }
    }

    /// <summary>Completes when one of the attempts has ended, at once if one is not known.</summary>
    public Task AnyEnded(IReadOnlyList<Guid> ids)
    {
        lock (_lock)
        {
            return Task.WhenAny(ids.Select(id => _runs.TryGetValue(id, out Run? run) ? run.Work : Task.CompletedTask));
        }
    }

    /// <summary>Forgets attempts that have ended and cancels those that have not.</summary>
    public void Forget(IEnumerable<Guid> ids)
    {
        lock (_lock)
        {
            foreach (Guid id in ids)
            {
                if (_runs.Remove(id, out Run? run))
                {
                    run.Forgotten = true;
                    _ = run.Stop.CancelAsync();
                    if (!run.Work.IsCompleted)
                    {
                        // It has its place until it has really ended.
                        _runs.Add(id, run);
                    }
                }
            }
        }
    }

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(WorkerRuns), ServiceLifecycleStage.Last, _ => Task.CompletedTask, StopAsync);

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] open;
        lock (_lock)
        {
            _stopping = true;
            open = [.. _runs.Values.Select(r => r.Work).Where(w => !w.IsCompleted)];
        }

        Task all = Task.WhenAll(open);
        await Task.WhenAny(all, Task.Delay(options.StopTime, time, cancellationToken)).ConfigureAwait(false);
        lock (_lock)
        {
            foreach (Run run in _runs.Values)
            {
                _ = run.Stop.CancelAsync();
            }
        }

        await Task.WhenAny(all, Task.Delay(_farewell, time, cancellationToken)).ConfigureAwait(false);
        long start = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested && time.GetElapsedTime(start) < _farewell && HasUnheard())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private bool HasUnheard()
    {
        lock (_lock)
        {
            return _runs.Count > 0;
        }
    }

    private async Task RunAsync(ICampaignTask task, RunOrder order, Run run)
    {
        using Activity? activity = ClusterDiagnostics.Activities.StartActivity("campaign task");
        activity?.SetTag("qama.campaign", order.Campaign).SetTag("qama.campaign.task", order.Key);
        (RunState state, string? text) = (RunState.Failed, (string?)null);
        try
        {
            var what = new CampaignRun(
                order.Campaign, new CampaignTask(order.Key, order.Variant, order.DataSet, order.Seed, order.Options), new Progress(run));
            text = await task.RunAsync(what, run.Stop.Token).ConfigureAwait(false);
            Check(text);
            state = RunState.Done;
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            state = RunState.GivenBack;
        }
        catch (Exception e)
        {
            string whole = e.ToString();
            text = whole.Length > LongestReason ? whole[..LongestReason] + " …" : whole;
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
        }

        CampaignMetrics.Runs.Add(1, new KeyValuePair<string, object?>("outcome", state.ToString()));
        lock (_lock)
        {
            (run.State, run.Text, run.Ended) = (state, text, time.GetTimestamp());
            if (run.Forgotten)
            {
                _runs.Remove(order.RunId);
            }
        }
    }

    private static void Check(string? result)
    {
        if (result is null || result.Length > MostLetters)
        {
            throw new InvalidDataException(result is null
                ? "The task returned nothing: expected a JSON document."
                : $"The task returned {result.Length:#,0} letters: expected at most {MostLetters:#,0}.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(result));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The task returned no JSON document: {e.Message}", e);
        }
    }

    /// <summary>An attempt.</summary>
    private sealed class Run
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;

        public long? Ended { get; set; }

        public RunState State { get; set; }

        public string? Text { get; set; }

        public double Progress { get; set; }

        public bool Forgotten { get; set; }
    }

    private sealed class Progress(Run run) : IProgress<double>
    {
        public void Report(double value) => run.Progress = double.IsFinite(value) ? Math.Clamp(value, 0, 1) : run.Progress;
    }
}

/// <summary>How a worker runs tasks.</summary>
internal sealed class CampaignWorkerOptions
{
    /// <summary>How long tasks may go on after the worker was told to stop.</summary>
    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(5);
}
