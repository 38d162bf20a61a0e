using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;
using Qama.Cluster.Members;
using Qama.Cluster.Storage;

namespace Qama.Cluster.Campaigns;

/// <inheritdoc cref="ICampaign"/>
[Reentrant]
internal sealed partial class CampaignGrain(
    [FromKeyedServices(ClusterNames.Storage)] IGrainStorage storage, IWorkerDirectory directory, TimeProvider time,
    ILogger<CampaignGrain> logger) : Grain, ICampaign, IDisposable
{
    /// <summary>The kind of unfinished things that campaigns are.</summary>
    public const string Kind = "campaigns";

    private const string ManifestKind = "qama.campaign.manifest";
    private const int MostRunning = 1000;
    private const int MostTroubles = 100;

    // Also the time until a coordinator sees what another activation was told.
    private static readonly TimeSpan _turn = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _deactivated = new();
    private readonly Dictionary<SiloAddress, (CampaignLane Lane, Task Work)> _lanes = [];
    private StoredRow<CampaignManifest>? _manifest;
    private string? _boardMark;
    private CampaignBoard? _board;
    private CancellationTokenSource? _stop;
    private Task _loop = Task.CompletedTask;

    private string Name => this.GetPrimaryKeyString();

    private IUnfinished Unfinished => GrainFactory.GetGrain<IUnfinished>(Kind);

    public async Task SubmitAsync(string file)
    {
        CampaignFile campaign = CampaignFile.Parse(file, Name);
        using IDisposable gate = await EnterAsync();
        await LoadAsync();

        // First the list, so that a campaign that is stored is never forgotten.
        await Unfinished.AddAsync(Name);
        await StopAsync(cancel: false);
        await _manifest!.ChangeAsync(m => new CampaignManifest { File = file });
        await LoadAsync();
        foreach (CampaignEntry entry in _board!.Entries.Where(e => e.Row.State == TaskState.Failed))
        {
            await _board.ResetAsync(entry);
        }

        LogSubmitted(logger, Name, campaign.Tasks.Count);
        Start();
    }

    public async Task<bool> CancelAsync()
    {
        using IDisposable gate = await EnterAsync();
        await LoadAsync();
        if (_board is null)
        {
            return false;
        }

        await StopAsync(cancel: false);
        await _manifest!.ChangeAsync(m => m.IsCancelled ? null : m with { IsCancelled = true });
        _boardMark = _manifest.Mark;
        await StopAsync(cancel: true);
        await Unfinished.RemoveAsync(Name);
        return true;
    }

    public async Task WakeAsync()
    {
        using IDisposable gate = await EnterAsync();
        await LoadAsync();
        if (_board is null || _manifest!.Value.IsCancelled || _board.IsFinished)
        {
            await StopAsync(cancel: false);
            await Unfinished.RemoveAsync(Name);
        }
        else
        {
            Start();
        }
    }

    public async Task<CampaignStatus?> StatusAsync()
    {
        using (IDisposable gate = await EnterAsync())
        {
            await LoadAsync();
        }

        return _board is { } board ? StatusOf(board) : null;
    }

    public async Task<string[]?> DoneAsync()
    {
        using IDisposable gate = await EnterAsync();
        await LoadAsync();
        return _board?.Entries.Where(e => e.Row.State == TaskState.Done).Select(e => e.Task.Key).ToArray();
    }

    public async Task<string?> ResultAsync(string key)
    {
        StoredRow<TaskRow> row = CampaignBoard.RowOf(storage, Name, key);
        await row.ReadAsync();
        return row.Value.Result;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _deactivated.CancelAsync();
        await StopAsync(cancel: false);
    }

    /// <summary>Called by Orleans after the deactivation.</summary>
    public void Dispose()
    {
        _deactivated.Dispose();
        _gate.Dispose();
    }

    private async Task<IDisposable> EnterAsync()
    {
        await _gate.WaitAsync(_deactivated.Token);
        return new Exit(_gate);
    }

    // The board of the stored file: of what another activation has stored, if there is one.
    private async Task LoadAsync()
    {
        _manifest ??= new StoredRow<CampaignManifest>(storage, ManifestKind, GrainId.Create(ManifestKind, Name));
        if (_board is null || _boardMark != _manifest.Mark)
        {
            await _manifest.ReadAsync();
        }

        if (_manifest.Value.File is not { } file || (_board is not null && _boardMark == _manifest.Mark))
        {
            return;
        }

        if (_board?.File.Text != file)
        {
            await StopAsync(cancel: false);
            var board = new CampaignBoard(Name, CampaignFile.Parse(file, Name), storage, time);
            await board.LoadAsync(_board);
            foreach (CampaignEntry dropped in _board?.Running.Where(e => !board.Has(e.Task.Key)).ToArray() ?? [])
            {
                var silo = SiloAddress.FromParsableString(dropped.Row.Worker!);
                await new CampaignLane(silo, _board!, Name, GrainFactory, directory).CancelAsync();
            }

            _board = board;
        }

        _boardMark = _manifest.Mark;
    }

    private void Start()
    {
        if (_loop.IsCompleted && _board is { IsFinished: false } board)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(_deactivated.Token);
            _loop = RunAsync(board, _stop.Token);
        }
    }

    private async Task StopAsync(bool cancel)
    {
        if (_stop is not null)
        {
            await _stop.CancelAsync();
        }

        await _loop;
        if (cancel && _board is { } board)
        {
            foreach (string worker in board.Running.Select(e => e.Row.Worker!).Distinct().ToArray())
            {
                await new CampaignLane(SiloAddress.FromParsableString(worker), board, Name, GrainFactory, directory).CancelAsync();
            }
        }
    }

    // Never throws.
    private async Task RunAsync(CampaignBoard board, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !board.IsFinished)
        {
            DelayDeactivation(TimeSpan.FromMinutes(1));
            foreach (SiloAddress ended in _lanes.Where(l => l.Value.Work.IsCompleted).Select(l => l.Key).ToArray())
            {
                _lanes.Remove(ended);
            }

            // Also those that run something by the rows alone: of a coordinator before this one.
            IEnumerable<SiloAddress> named = board.Running.Select(e => e.Row.Worker!).Distinct().Select(SiloAddress.FromParsableString);
            foreach (SiloAddress silo in directory.Workers.Concat(named).ToArray())
            {
                if (!_lanes.ContainsKey(silo))
                {
                    var lane = new CampaignLane(silo, board, Name, GrainFactory, directory);
                    _lanes.Add(silo, (lane, lane.RunAsync(stop)));
                }
            }

            await PauseAsync(board, stop);
            await SeeOthersAsync(stop);
        }

        await Task.WhenAll(_lanes.Values.Select(l => l.Work))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _lanes.Clear();
        if (board.IsFinished && !stop.IsCancellationRequested)
        {
            LogEnded(logger, Name, board.Done, board.Failed);
        }
    }

    private async Task PauseAsync(CampaignBoard board, CancellationToken stop)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task turn = directory.ChangedAsync(_turn, pause.Token);
        while (!turn.IsCompleted && !board.IsFinished)
        {
            await Task.WhenAny(turn, board.Changed);
        }

        await pause.CancelAsync();
        await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    // Another activation may have been told to cancel, or to run another file: this one then gives way.
    private async Task SeeOthersAsync(CancellationToken stop)
    {
        try
        {
            var manifest = new StoredRow<CampaignManifest>(storage, ManifestKind, GrainId.Create(ManifestKind, Name));
            await manifest.ReadAsync();
            if (manifest.Mark != _boardMark && !stop.IsCancellationRequested)
            {
                LogOther(logger, Name);
                _ = _stop!.CancelAsync();
                DeactivateOnIdle();
            }
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogStorage(logger, Name, e);
        }
    }

    private CampaignStatus StatusOf(CampaignBoard board)
    {
        DateTimeOffset now = time.GetUtcNow();
        CampaignEntry[] running = [.. board.Running];
        CampaignWorkerStatus[] workers = [.. _lanes.Values.Select(l => l.Lane.Status)];
        int places = workers.Where(w => w.Problem is null).Sum(w => w.Places);
        double left = board.Entries.Count - board.Done - board.Failed - running.Sum(e => e.Progress);
        return new CampaignStatus
        {
            Name = Name,
            State = board.IsFinished ? board.Failed > 0 ? CampaignState.Failed : CampaignState.Done
                : _manifest!.Value.IsCancelled ? CampaignState.Cancelled : CampaignState.Running,
            Total = board.Entries.Count,
            Done = board.Done,
            Failed = board.Failed,
            RunningCount = running.Length,
            Running =
            [
                .. running.Take(MostRunning).Select(e => new RunningTask(e.Task.Key, e.Row.Worker!, e.Progress, now - e.Row.Started)),
            ],
            Troubles =
            [
                .. board.Entries.Where(e => e.Row.Reasons.Length > 0).OrderBy(e => e.Row.State == TaskState.Done).Take(MostTroubles)
                    .Select(e => new TaskTrouble(
                        e.Task.Key, e.Row.Failures, e.Row.Losses, e.Row.Reasons, e.Row.State == TaskState.Failed)),
            ],
            Workers = workers,
            TimeLeft = board.IsFinished ? TimeSpan.Zero
                : board.Done > 0 && places > 0 ? TimeSpan.FromSeconds(board.MeanSeconds * left / places) : null,
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {Name} submitted: {Tasks} tasks.")]
    private static partial void LogSubmitted(ILogger logger, string name, int tasks);

    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {Name} has ended: {Done} tasks done, {Failed} failed.")]
    private static partial void LogEnded(ILogger logger, string name, int done, int failed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Name} was changed by another coordinator: this one gives way.")]
    private static partial void LogOther(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Name}: the storage does not answer.")]
    private static partial void LogStorage(ILogger logger, string name, Exception exception);

    private sealed class Exit(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

/// <summary>Goes on with campaigns after their silo died, and takes ended ones from the list.</summary>
internal sealed class CampaignWaker(IGrainFactory grains) : UnfinishedWaker(grains, CampaignGrain.Kind)
{
    public override Task WakeAsync(string name) => Grains.GetGrain<ICampaign>(name).WakeAsync();
}
