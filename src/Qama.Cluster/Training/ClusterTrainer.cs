using Qama.Cluster.Members;
using Qama.Training;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Cluster.Training;

/// <summary>Trains a task's model on the workers of a cluster, with the bits that <see cref="Trainer{T}"/> gives in one process: they depend
/// on <see cref="TrainerOptions.Shards"/>, not on how many workers there are, which of them fail or when others join.</summary>
/// <remarks>
/// <para>A server of the cluster coordinates the run: it sends parameters to the workers, each of which computes some of the shards of a
/// batch; sums, clips and takes the optimiser's step. What a worker that fails or is late was to do goes to others. The server
/// stores the run at the end of each epoch and as <see cref="ClusterTrainingOptions"/> say; should it die, another goes on from there.</para>
/// <para>Workers whose runtime, assemblies, task, settings or data differ from this process's are refused, and listed with what differs in
/// <see cref="ClusterTrainingProgress.Refused"/>; the run goes on without them, and waits where there is nobody else.</para>
/// </remarks>
public sealed class ClusterTrainer
{
    private const string Name = "the result";
    private readonly IClusterClient _client;
    private readonly LocalTraining _training;
    private readonly TrainingOrder _order;
    private readonly byte[] _checkpoint;
    private readonly Adam<float> _optimizer;

    /// <summary>Makes the task's model and loads its data, here too: they are what workers must agree with.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="task">The task; workers know it by its name.</param>
    /// <param name="arguments">Its arguments, JSON.</param>
    /// <param name="options">Settings of the run; null for the defaults.</param>
    /// <exception cref="ArgumentException">The task's name is empty, a setting is out of its range, or data do not fit the model.</exception>
    /// <exception cref="System.Text.Json.JsonException">The arguments are not JSON.</exception>
    public ClusterTrainer(IClusterClient client, ITrainingTask task, string arguments = "{}", ClusterTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(arguments);
        options ??= new ClusterTrainingOptions();
        if (string.IsNullOrEmpty(task.Name))
        {
            throw new ArgumentException("Expected a task with a name.", nameof(task));
        }

        if (options.CheckpointSteps < 0 || options.CheckpointTime <= TimeSpan.Zero)
        {
            throw new ArgumentException("Expected CheckpointSteps of at least 0 and a positive CheckpointTime.", nameof(options));
        }

        _client = client;
        _training = LocalTraining.Create(task, arguments, Environment.ProcessorCount);
        TrainingSetup setup = _training.Setup;
        var pass = new ShardPass<float>(setup.Model, setup.Options);
        foreach (Dataset<float> data in setup.Evaluated.Values.Append(setup.Data))
        {
            pass.Prepare(data);
        }

        AdamOptions adam = setup.Options.Adam;
        _optimizer = new Adam<float>(setup.Model.Parameters, adam);
        _order = new TrainingOrder
        {
            Task = task.Name, Arguments = arguments, Facts = [.. _training.Facts],
            Settings = [.. _training.Settings.Select(s => new Fact(s.Name, s.Value))],
            Epochs = setup.Options.Epochs, BatchSize = setup.Options.BatchSize, Shards = setup.Options.Shards,
            Samples = _training.Data.Samples, DataHash = _training.Data.Hash,
            Adam = [adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay], MaxGradientNorm = setup.Options.MaxGradientNorm,
            Evaluated =
            [
                .. setup.Evaluated.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new EvaluatedData(e.Key, e.Value.Count)),
            ],
            CheckpointSteps = options.CheckpointSteps, CheckpointTime = options.CheckpointTime,
        };
        using var stream = new MemoryStream();
        TrainingCheckpoint.Writer(setup.Model.State, _optimizer, _training.Settings, new TrainingState(0, 0, 0, null))(stream);
        _checkpoint = stream.ToArray();
    }

    /// <summary>The model: with its first values, and after <see cref="FitAsync"/> with those that the run came to.</summary>
    public Module<float> Model => _training.Setup.Model;

    /// <summary>Called while <see cref="FitAsync"/> waits, when the run has come further; not for every step of a fast one.</summary>
    public Action<ClusterTrainingProgress>? Progress { get; set; }

    /// <summary>Begins a run, or attaches to the one of that name, and waits for its end: runs go on without those who wait. A run that was
    /// cancelled goes on where it was.</summary>
    /// <param name="run">The run's name in the cluster, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Ends the waiting, not the run: that is <see cref="CancelAsync"/>.</param>
    /// <returns>What it came to; the model has the trained values then.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="InvalidOperationException">There is a run of that name that is of another training (the message says what differs), or
    /// the training diverged, or its coordinator failed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled, or the waiting.</exception>
    /// <exception cref="OrleansException">The cluster does not answer for three minutes.</exception>
    public async Task<ClusterTrainingResult> FitAsync(string run, CancellationToken cancellationToken = default)
    {
        ITrainingRun grain = Run(run);
        RunView view = new();
        while (view.Phase is RunPhase.Unknown or RunPhase.Running)
        {
            // A run that the cluster has forgotten (its store was in the memory of a server that died) begins anew: to the same bits.
            if (view.Phase == RunPhase.Unknown
                && await PatientCalls.RepeatAsync(() => grain.StartAsync(_order, _checkpoint), cancellationToken).ConfigureAwait(false) is { } differences)
            {
                throw new InvalidOperationException($"The run '{run}' is of another training: {differences}.");
            }

            long seen = view.Version;
            view = await PatientCalls.RepeatAsync(() => grain.WatchAsync(seen), cancellationToken).ConfigureAwait(false);
            if (view.Phase != RunPhase.Unknown)
            {
                Progress?.Invoke(ToProgress(view));
            }
        }

        if (view.Phase == RunPhase.Failed)
        {
            throw new InvalidOperationException(view.Failure);
        }

        if (view.Phase == RunPhase.Cancelled)
        {
            throw new OperationCanceledException($"The run '{run}' was cancelled after epoch {view.Epoch}, step {view.Batch}.");
        }

        byte[] result = await PatientCalls.RepeatAsync(() => grain.CheckpointAsync(), cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The cluster forgot the run '{run}' when it was complete.");
        using SafetensorsFile file = SafetensorsFile.Open(new MemoryStream(result));
        TrainingCheckpoint.Load(file, Name, Model.State, _optimizer, _training.Settings, _order.Epochs);
        return new ClusterTrainingResult(
            view.Evaluations.ToDictionary(e => e.Name, e => new EvaluationResult(e.Loss, e.Accuracy)), ToProgress(view));
    }

    /// <summary>Stops a run between two steps; <see cref="FitAsync"/> goes on with it. Nothing happens if it is not running.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public Task CancelAsync(string run, CancellationToken cancellationToken = default)
    {
        ITrainingRun grain = Run(run);
        return PatientCalls.RepeatAsync(
            async () =>
            {
                await grain.CancelAsync().ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    /// <summary>The run's last checkpoint as a file that <see cref="Trainer{T}.Load"/> goes on with; null if there is no run of that name.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public Task<byte[]?> CheckpointAsync(string run, CancellationToken cancellationToken = default)
    {
        ITrainingRun grain = Run(run);
        return PatientCalls.RepeatAsync(grain.CheckpointAsync, cancellationToken);
    }

    /// <summary>Has the cluster forget a run that is not running.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public Task<bool> ForgetAsync(string run, CancellationToken cancellationToken = default)
    {
        ITrainingRun grain = Run(run);
        return PatientCalls.RepeatAsync(grain.ForgetAsync, cancellationToken);
    }

    private static ClusterTrainingProgress ToProgress(RunView view)
    {
        TrafficCounts t = view.Traffic;
        return new ClusterTrainingProgress(
            new TrainingProgress(
                view.Epoch, view.Epochs, view.Batch, view.Batches, view.Loss, view.Accuracy, view.GradientNorm, view.TimeLeft),
            view.Workers, view.Refused.ToDictionary(r => r.Name, r => r.Value),
            new TrainingTraffic(
                t.Steps, t.Messages, t.BytesToWorkers, t.BytesFromWorkers, t.Shards, t.RepeatedShards, t.Checkpoints, t.CheckpointBytes));
    }

    private ITrainingRun Run(string run)
    {
        const int MostLetters = 200;
        return run is { Length: >= 1 and <= MostLetters }
            ? _client.GetGrain<ITrainingRun>(run)
            : throw new ArgumentException($"Expected a run's name of 1 to {MostLetters} characters, got '{run}'.", nameof(run));
    }
}
