using Orleans.Runtime;
using Orleans.Storage;
using Qama.Cluster.Storage;

namespace Qama.Cluster.Campaigns;

/// <summary>A task on its board.</summary>
/// <param name="task">The task.</param>
/// <param name="row">What is stored of it.</param>
internal sealed class CampaignEntry(CampaignTask task, StoredRow<TaskRow> row)
{
    public CampaignTask Task { get; } = task;

    public StoredRow<TaskRow> Stored { get; } = row;

    public TaskRow Row => Stored.Value;

    /// <summary>What the task says is done, 0 to 1.</summary>
    public double Progress { get; set; }

    /// <summary>What the board has counted it as.</summary>
    public TaskState? Counted { get; set; }
}

/// <summary>A campaign's tasks, and every change that there is to them: each is one write to the storage, which refuses a writer that
/// has not seen the newest one. So several coordinators at once (Orleans may have two for a while when a network splits) store one
/// result, and a stored one stays.</summary>
/// <remarks>Used by one thread at a time, the coordinator's.</remarks>
internal sealed class CampaignBoard(string campaign, CampaignFile file, IGrainStorage storage, TimeProvider time)
{
    /// <summary>Workers that a task may take with it; the task may be what kills them.</summary>
    public const int MostLosses = 20;

    private const string Kind = "qama.campaign.task";
    private const int ReadsAtOnce = 16;

    private readonly SortedSet<int> _waiting = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CampaignEntry> _running = new(StringComparer.Ordinal);
    private CampaignEntry[] _entries = [];
    private TaskCompletionSource _changed = NewSignal();
    private double _seconds;

    /// <summary>The tasks, in the file's order.</summary>
    public IReadOnlyList<CampaignEntry> Entries => _entries;

    public CampaignFile File { get; } = file;

    public int Done { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Whether nothing waits or runs.</summary>
    public bool IsFinished => Done + Failed == _entries.Length;

    /// <summary>Mean time of what is done, in seconds; 0 while nothing is.</summary>
    public double MeanSeconds => Done == 0 ? 0 : _seconds / Done;

    /// <summary>Tasks that run.</summary>
    public IEnumerable<CampaignEntry> Running => _running.Values;

    /// <summary>The next task that waits, or null.</summary>
    public CampaignEntry? NextWaiting => _waiting.Count > 0 ? _entries[_waiting.Min] : null;

    /// <summary>Completes at the next change.</summary>
    public Task Changed => _changed.Task;

    /// <summary>A task's row.</summary>
    public static StoredRow<TaskRow> RowOf(IGrainStorage storage, string campaign, string key) =>
        new(storage, Kind, GrainId.Create(Kind, $"{campaign}/{key}"));

    /// <summary>Reads what is stored.</summary>
    /// <param name="known">The board of the file before this one; its rows are not read again.</param>
    public async Task LoadAsync(CampaignBoard? known)
    {
        var entries = new CampaignEntry[File.Tasks.Count];
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(ReadsAtOnce, entries.Length)).Select(async _ =>
        {
            while (next < entries.Length)
            {
                int i = next++;
                CampaignTask task = File.Tasks[i];
                if (known is not null && known._places.TryGetValue(task.Key, out int place))
                {
                    entries[i] = known._entries[place];
                    continue;
                }

                entries[i] = new CampaignEntry(task, RowOf(storage, campaign, task.Key));
                await entries[i].Stored.ReadAsync();
            }
        }));
        _entries = entries;
        for (int i = 0; i < entries.Length; i++)
        {
            _places.Add(entries[i].Task.Key, i);
            Enter(entries[i]);
        }
    }

    /// <summary>Whether a task of that key is on it.</summary>
    public bool Has(string key) => _places.ContainsKey(key);

    /// <summary>Tasks that run on a worker.</summary>
    public CampaignEntry[] On(string worker) => [.. _running.Values.Where(e => e.Row.Worker == worker)];

    /// <summary>A worker is about to get a waiting task.</summary>
    /// <returns>Whether it is this coordinator's to give.</returns>
    public Task<bool> ClaimAsync(CampaignEntry entry, string worker) => ChangeAsync(entry, row => row.State == TaskState.Waiting
        ? row with { State = TaskState.Running, Worker = worker, RunId = Guid.NewGuid(), Started = time.GetUtcNow() } : null);

    /// <summary>Stores a result, unless there is one.</summary>
    public async Task FinishAsync(CampaignEntry entry, string result)
    {
        if (await ChangeAsync(entry, row => row.State == TaskState.Done
            ? null
            : row with { State = TaskState.Done, Result = result, Seconds = (time.GetUtcNow() - row.Started).TotalSeconds }))
        {
            CampaignMetrics.Results.Add(1);
        }
    }

    /// <summary>An attempt has failed.</summary>
    public Task FailAsync(CampaignEntry entry, Guid run, string reason) => ChangeAsync(entry, row => !IsRunning(row, run)
        ? null
        : row.With(reason) with
        {
            State = row.Failures + 1 >= File.Attempts ? TaskState.Failed : TaskState.Waiting,
            Failures = row.Failures + 1,
        });

    /// <summary>An attempt was lost with its worker. It is no failure of the task, unless that goes on and on.</summary>
    public async Task LoseAsync(CampaignEntry entry, Guid run)
    {
        if (await ChangeAsync(entry, row => !IsRunning(row, run)
            ? null
            : row.With($"Worker {row.Worker} died.") with
            {
                State = row.Losses + 1 >= MostLosses ? TaskState.Failed : TaskState.Waiting,
                Losses = row.Losses + 1,
            }))
        {
            CampaignMetrics.Losses.Add(1);
        }
    }

    /// <summary>An attempt did not happen, or its worker could not end it: the task waits again.</summary>
    public Task GiveBackAsync(CampaignEntry entry, Guid run) =>
        ChangeAsync(entry, row => IsRunning(row, run) ? row with { State = TaskState.Waiting } : null);

    /// <summary>A task that has failed is tried again.</summary>
    public Task ResetAsync(CampaignEntry entry) => ChangeAsync(
        entry, row => row.State == TaskState.Failed ? row with { State = TaskState.Waiting, Failures = 0, Losses = 0 } : null);

    private static bool IsRunning(TaskRow row, Guid run) => row.State == TaskState.Running && row.RunId == run;

    private async Task<bool> ChangeAsync(CampaignEntry entry, Func<TaskRow, TaskRow?> change)
    {
        try
        {
            return await entry.Stored.ChangeAsync(change);
        }
        finally
        {
            // Even if nothing was written, the row may have been read again, and found to be anything.
            Leave(entry);
            Enter(entry);
            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    private void Leave(CampaignEntry entry)
    {
        switch (entry.Counted)
        {
            case TaskState.Waiting:
                _waiting.Remove(_places[entry.Task.Key]);
                break;
            case TaskState.Running:
                _running.Remove(entry.Task.Key);
                break;
            case TaskState.Done:
                Done--;
                _seconds -= entry.Row.Seconds;
                break;
            case TaskState.Failed:
                Failed--;
                break;
        }
    }

    private void Enter(CampaignEntry entry)
    {
        entry.Counted = entry.Row.State;
        switch (entry.Row.State)
        {
            case TaskState.Waiting:
                _waiting.Add(_places[entry.Task.Key]);
                break;
            case TaskState.Running:
                _running.Add(entry.Task.Key, entry);
                break;
            case TaskState.Done:
                // Results are in the storage alone.
                entry.Stored.Trim(row => row with { Result = null });
                Done++;
                _seconds += entry.Row.Seconds;
                break;
            default:
                Failed++;
                break;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
