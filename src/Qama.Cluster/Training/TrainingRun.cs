using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using Qama.Cluster.Members;
using Qama.Training;

namespace Qama.Cluster.Training;

/// <summary>One run of a training; its key is the run's name.</summary>
[Alias("qama.training.run")]
internal interface ITrainingRun : IGrainWithStringKey
{
    /// <summary>Begins the run, or goes on with it where it was cancelled; null, or what differs from the run that there is.</summary>
    /// <param name="order">The training.</param>
    /// <param name="checkpoint">Where it begins, in the trainer's format.</param>
    Task<string?> StartAsync(TrainingOrder order, byte[] checkpoint);

    /// <summary>Where the run stands, when that is not what the caller has seen any more, or after a few seconds.</summary>
    /// <param name="seen">The version that the caller has; 0 for none.</param>
    [ResponseTimeout("00:00:08")] // a caller soon asks another server when one has died
    Task<RunView> WatchAsync(long seen);

    /// <summary>Stops the run between two steps, and keeps where it is.</summary>
    Task CancelAsync();

    /// <summary>The last checkpoint, of a completed run its result; null if there is no such run.</summary>
    Task<byte[]?> CheckpointAsync();

    /// <summary>Forgets a run that is not running.</summary>
    Task<bool> ForgetAsync();

    /// <summary>Goes on with the run where its server's death has stopped it.</summary>
    Task WakeAsync();
}

/// <summary>Wakes runs.</summary>
internal sealed class TrainingWaker(IGrainFactory grains) : UnfinishedWaker(grains, TrainingRun.Kind)
{
    public override Task WakeAsync(string name) => Grains.GetGrain<ITrainingRun>(name).WakeAsync();
}

/// <summary>What storage keeps of a run: what Orleans' serialiser made of a <see cref="RunHeader"/>, and the last checkpoint.</summary>
[GenerateSerializer]
[Alias("qama.training.record")]
internal sealed class RunRecord
{
    [Id(0)]
    public byte[] Header { get; set; } = [];

    [Id(1)]
    public byte[] Checkpoint { get; set; } = [];
}

/// <summary>A run besides its numbers.</summary>
[GenerateSerializer]
[Alias("qama.training.header")]
internal sealed record RunHeader
{
    [Id(0)]
    public required TrainingOrder Order { get; init; }

    [Id(1)]
    public required RunView View { get; init; }
}

/// <inheritdoc cref="ITrainingRun"/>
/// <remarks>Orleans may run two activations for a while when a network splits: storage refuses what the older one writes (its etag is
/// not the last), and the older one ends then.</remarks>
[Reentrant]
internal sealed class TrainingRun(
    [PersistentState("training", ClusterNames.Storage)] IPersistentState<RunRecord> storage, IWorkerDirectory directory,
    Serializer<RunHeader> serializer) : Grain, ITrainingRun, IDisposable
{
    /// <summary>The kind of unfinished things that runs are.</summary>
    public const string Kind = "trainings";

    private static readonly TimeSpan _pollTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _storageTime = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource _stopRun = new();
    private TrainingOrder? _order;
    private RunView _view = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private TrainingProcess? _process;
    private WorkerTeam? _team;
    private bool _cancelled;
    private bool _fenced;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (storage.RecordExists && storage.State.Header.Length > 0)
        {
            RunHeader header = serializer.Deserialize(storage.State.Header)!;
            (_order, _view) = (header.Order, header.View with { Version = header.View.Version + 1 });
            Begin();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(true);
        await _loop.ConfigureAwait(true);
    }

    public void Dispose()
    {
        _stopRun.Dispose();
        _stop.Dispose();
    }

    public async Task<string?> StartAsync(TrainingOrder order, byte[] checkpoint)
    {
        if (_order is not null)
        {
            string differences = LocalTraining.Differences(order.Facts, _order.Facts);
            if (differences.Length > 0)
            {
                return differences;
            }

            if (_view.Phase == RunPhase.Cancelled)
            {
                await _loop.ConfigureAwait(true);
                _cancelled = false;
                Change(_view with { Phase = RunPhase.Running });
                await Unfinished.AddAsync(Name).ConfigureAwait(true);
                await WriteOrLeaveAsync(storage.State.Checkpoint).ConfigureAwait(true);
                Begin();
            }

            return null;
        }

        _order = order;
        Change(_view with { Phase = RunPhase.Running });

        // First the list, so that a run that is stored is never forgotten.
        await Unfinished.AddAsync(Name).ConfigureAwait(true);
        await WriteOrLeaveAsync(checkpoint).ConfigureAwait(true);
        Begin();
        return null;
    }

    public async Task<RunView> WatchAsync(long seen)
    {
        if (_view.Version == seen)
        {
            try
            {
                await _changed.Task.WaitAsync(_pollTime).ConfigureAwait(true);
            }
            catch (TimeoutException)
            {
                // Nothing new.
            }
        }

        return View();
    }

    public async Task CancelAsync()
    {
        _cancelled = true;
        if (_view.Phase == RunPhase.Running)
        {
            await _stopRun.CancelAsync().ConfigureAwait(true);
            await _loop.ConfigureAwait(true);
        }
    }

    public Task<byte[]?> CheckpointAsync() => Task.FromResult(_order is null ? null : storage.State.Checkpoint);

    public async Task<bool> ForgetAsync()
    {
        if (_order is null || _view.Phase == RunPhase.Running)
        {
            return false;
        }

        await storage.ClearStateAsync().ConfigureAwait(true);
        DeactivateOnIdle();
        return true;
    }

    public async Task WakeAsync()
    {
        // To be asked is enough: an activation goes on with what storage has.
        if (_view.Phase != RunPhase.Running || _order is null)
        {
            await Unfinished.RemoveAsync(Name).ConfigureAwait(true);
        }
    }

    private string Name => this.GetPrimaryKeyString();

    private IUnfinished Unfinished => GrainFactory.GetGrain<IUnfinished>(Kind);

    private RunView View() =>
        _view.Phase == RunPhase.Running && _team is not null ? _view with { Workers = _team.Count, Refused = _team.Refused } : _view;

    private void Change(RunView view)
    {
        _view = view with { Version = _view.Version + 1 };
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Begin()
    {
        if (_view.Phase == RunPhase.Running && _loop.IsCompleted)
        {
            _stopRun.Dispose();
            _stopRun = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            _loop = RunAsync(_stopRun.Token);
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield(); // the caller need not wait
        _team = new WorkerTeam(
            directory, silo => GrainFactory.GetGrain<ITrainingWorker>(WorkerKeys.On(silo, Name)),
            new JoinRequest(_order!.Task, _order.Arguments, _order.Facts))
        {
            Changed = () => Change(_view),
        };
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task watch = Task.CompletedTask;
        try
        {
            _process = new TrainingProcess(_order, storage.State.Checkpoint, _team, _view.Traffic with { }) { Progress = Report };
            watch = _team.WatchAsync(watching.Token);
            await _process.TrainAsync(SaveAsync, stop).ConfigureAwait(true);
            foreach (EvaluatedData data in _order.Evaluated.Skip(_view.Evaluations.Length))
            {
                EvaluationCounts result = await _process.EvaluateAsync(data, stop).ConfigureAwait(true);
                Change(_view with { Evaluations = [.. _view.Evaluations, result] });
            }

            await EndAsync(RunPhase.Completed, null).ConfigureAwait(true);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await EndAsync(_cancelled ? RunPhase.Cancelled : RunPhase.Running, null).ConfigureAwait(true);
        }
        catch (Exception e) when (e is InconsistentStateException or TimeoutException)
        {
            _fenced = true;
        }
        catch (Exception e)
        {
            // Divergence, or a fault that another try would repeat: the run's record says what.
            await EndAsync(RunPhase.Failed, e is InvalidOperationException ? e.Message : $"{e.GetType().Name}: {e.Message}").ConfigureAwait(true);
        }

        await watching.CancelAsync().ConfigureAwait(true);
        await watch.ConfigureAwait(true);
        if (_fenced)
        {
            DeactivateOnIdle(); // whoever asks next gets what storage has
        }
        else
        {
            _team.Dismiss();
        }
    }

    private void Report(TrainingProgress progress)
    {
        DelayDeactivation(TimeSpan.FromMinutes(30));
        Change(_view with
        {
            Epoch = progress.Epoch,
            Epochs = progress.Epochs,
            Batches = progress.Batches,
            Batch = progress.Batch,
            Loss = progress.Loss,
            Accuracy = progress.Accuracy,
            GradientNorm = progress.GradientNorm,
            TimeLeft = progress.TimeLeft,
            Traffic = _process!.Traffic with { },
        });
    }

    private async Task SaveAsync()
    {
        byte[] checkpoint = _process!.Checkpoint();
        _process.Traffic.Checkpoints++;
        _process.Traffic.CheckpointBytes += checkpoint.Length;
        await WriteAsync(checkpoint).ConfigureAwait(true);
    }

    private async Task EndAsync(RunPhase phase, string? failure)
    {
        byte[] checkpoint = phase == RunPhase.Failed || _process is null ? storage.State.Checkpoint : _process.Checkpoint();
        Change(View() with { Phase = phase, Failure = failure });
        try
        {
            await WriteAsync(checkpoint).ConfigureAwait(true);
        }
        catch (Exception e) when (e is InconsistentStateException or TimeoutException)
        {
            _fenced = true;
        }
    }

    // What is not stored has not begun: whoever asks next gets what storage has.
    private async Task WriteOrLeaveAsync(byte[] checkpoint)
    {
        try
        {
            await WriteAsync(checkpoint).ConfigureAwait(true);
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    // A database that restarts is waited for; a write that another activation was before is not repeated.
    private async Task WriteAsync(byte[] checkpoint)
    {
        storage.State = new RunRecord
        {
            Header = serializer.SerializeToArray(new RunHeader { Order = _order!, View = View() }), Checkpoint = checkpoint,
        };
        var limit = System.Diagnostics.Stopwatch.StartNew();
        for (int wait = 50; ; wait = Math.Min(2 * wait, 2000))
        {
            try
            {
                await storage.WriteStateAsync().ConfigureAwait(true);
                return;
            }
            catch (Exception e) when (e is not InconsistentStateException)
            {
                if (limit.Elapsed > _storageTime)
                {
                    throw new TimeoutException($"The store did not take the run's state for {_storageTime}.", e);
                }

                await Task.Delay(wait).ConfigureAwait(true);
            }
        }
    }
}
