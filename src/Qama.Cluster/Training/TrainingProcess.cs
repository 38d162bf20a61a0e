using System.Diagnostics;
using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Training;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Cluster.Training;

/// <summary>The steps of one run: sends parameters, sums what workers compute, clips, takes the optimiser's step. It knows the training's
/// numbers alone: model and data are the workers'.</summary>
internal sealed class TrainingProcess
{
    private const string Name = "the checkpoint";

    private readonly TrainingOrder _order;
    private readonly TrainingPlan _plan;
    private readonly WorkerTeam _team;
    private readonly NamedParameter<float>[] _parameters;
    private readonly NamedParameter<float>[] _buffers;
    private readonly ShardNumbers<float> _numbers;
    private readonly Adam<float> _optimizer;
    private readonly GradientStep<float> _step;
    private readonly (string, string)[] _settings;
    private readonly int _stateBytes;
    private TrainingState _state;

    /// <summary>Goes on from a checkpoint.</summary>
    /// <param name="order">The training.</param>
    /// <param name="checkpoint">The checkpoint: the trainer's format.</param>
    /// <param name="team">The workers.</param>
    /// <param name="traffic">Counts so far; goes on counting in it.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another training.</exception>
    public TrainingProcess(TrainingOrder order, byte[] checkpoint, WorkerTeam team, TrafficCounts traffic)
    {
        (_order, _plan, _team, Traffic) = (order, order.Plan, team, traffic);
        using SafetensorsFile file = SafetensorsFile.Open(new MemoryStream(checkpoint));
        NamedParameter<float>[] model =
        [
            .. file.Tensors.Where(t => t.Name.StartsWith(TrainingCheckpoint.ModelPrefix, StringComparison.Ordinal)).Select(t =>
                new NamedParameter<float>(t.Name[TrainingCheckpoint.ModelPrefix.Length..], new Parameter<float>("Value", [.. t.Shape.Select(d => (int)d)]))),
        ];
        _parameters = [.. model.Where(p => file.Contains(TrainingCheckpoint.MeanPrefix + p.Name))];
        _buffers = [.. model.Where(p => !file.Contains(TrainingCheckpoint.MeanPrefix + p.Name))];
        _numbers = new ShardNumbers<float>(_parameters, _buffers);
        _stateBytes = _numbers.Length * sizeof(float);
        _optimizer = new Adam<float>(
            _parameters,
            new AdamOptions { Beta1 = order.Adam[0], Beta2 = order.Adam[1], Epsilon = order.Adam[2], WeightDecay = order.Adam[3] });
        _step = new GradientStep<float>(_parameters, _buffers, _optimizer, order.MaxGradientNorm);
        _settings = [.. order.Settings.Select(s => (s.Name, s.Value))];
        _state = TrainingCheckpoint.Load(file, Name, [.. _parameters, .. _buffers], _optimizer, _settings, order.Epochs);
        if (_state.Behind == 0)
        {
            _state = new TrainingState(0, _optimizer.Steps, _plan.Batches, new DataFingerprint(order.Samples, order.DataHash));
        }
    }

    /// <summary>Messages and bytes.</summary>
    public TrafficCounts Traffic { get; }

    /// <summary>Called after every step.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>The training as it stands, in the trainer's format.</summary>
    public byte[] Checkpoint()
    {
        using var stream = new MemoryStream();
        TrainingCheckpoint.Writer([.. _parameters, .. _buffers], _optimizer, _settings, _state)(stream);
        return stream.ToArray();
    }

    /// <summary>Takes the steps that are left.</summary>
    /// <param name="save">Keeps a <see cref="Checkpoint"/>.</param>
    /// <param name="stop">Stops between two steps, or while workers are waited for.</param>
    /// <exception cref="InvalidOperationException">The training diverged.</exception>
    public async Task TrainAsync(Func<Task> save, CancellationToken stop)
    {
        long begin = Stopwatch.GetTimestamp();
        long saved = begin;
        long before = _state.Behind;
        while (_state.CompletedEpochs < _plan.Epochs)
        {
            while (_state.CompletedBatches < _plan.Batches)
            {
                double norm = await StepAsync(stop).ConfigureAwait(true);
                double left = (_plan.Steps - _state.Behind) / (double)(_state.Behind - before);
                Progress?.Invoke(_state.Progress(_plan, norm, Stopwatch.GetElapsedTime(begin) * left));
                bool due = _order.CheckpointSteps > 0 && _state.CompletedBatches % _order.CheckpointSteps == 0;
                if ((due || Stopwatch.GetElapsedTime(saved) >= _order.CheckpointTime) && _state.CompletedBatches < _plan.Batches)
                {
                    await save().ConfigureAwait(true);
                    saved = Stopwatch.GetTimestamp();
                }
            }

            _step.RequireFinite();
            _state = _state.NextEpoch();
            await save().ConfigureAwait(true);
            saved = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Evaluates the model as it stands, as the trainer does.</summary>
    public async Task<EvaluationCounts> EvaluateAsync(EvaluatedData data, CancellationToken stop)
    {
        int size = new TrainingPlan(data.Samples, Math.Min(_order.BatchSize, data.Samples), _order.Shards, 1).LargestShard;
        var work = new EvaluationWork(this, data, (data.Samples + size - 1) / size);
        await _team.DistributeAsync(work, stop).ConfigureAwait(true);
        if (work.Failure is { } failure)
        {
            throw new InvalidOperationException(failure);
        }

        double loss = 0;
        long correct = 0, rows = 0;
        foreach ((double Mean, int Correct, int Rows)? batch in work.Results)
        {
            loss += batch!.Value.Mean * batch.Value.Rows;
            correct += batch.Value.Correct;
            rows += batch.Value.Rows;
        }

        return new EvaluationCounts(data.Name, loss / rows, correct / (double)rows);
    }

    private async Task<double> StepAsync(CancellationToken stop)
    {
        (_, int count) = _plan.Batch(_state.CompletedBatches + 1);
        int shards = _plan.ShardsOf(count);
        var work = new StepWork(this, shards);
        await _team.DistributeAsync(work, stop).ConfigureAwait(true);
        try
        {
            if (work.Diverged is { } what)
            {
                throw new NotFiniteNumberException(what);
            }

            NodeSum node = work.Join.Whole!;
            var sum = new LossSum(node.Loss, node.Correct, node.Rows);

            // Not on the silo's own threads, which others' calls need.
            double norm = await Task.Run(
                () =>
                {
                    _numbers.CopyFrom(MemoryMarshal.Cast<byte, float>(node.Numbers));
                    return _step.Take(sum.Mean, shards, work.Rate);
                },
                CancellationToken.None).ConfigureAwait(true);
            _state = _state.After(sum);
            Traffic.Steps++;
            (Traffic.Shards, Traffic.RepeatedShards) = _team.Pieces;
            return norm;
        }
        catch (NotFiniteNumberException e)
        {
            throw GradientStep<float>.Diverged(_optimizer.Steps + 1, e.Message, e);
        }
    }

    private byte[] State()
    {
        var bytes = new byte[_stateBytes];
        Span<float> rest = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        foreach (NamedParameter<float>[] parts in new[] { _parameters, _buffers })
        {
            foreach (NamedParameter<float> part in parts)
            {
                part.Parameter.Value.CopyTo(rest);
                rest = rest[part.Parameter.Length..];
            }
        }

        return bytes;
    }

    /// <summary>Sends the state where the worker lacks it; asks again with it where the worker has lost it.</summary>
    private async Task<TAnswer> AskAsync<TAnswer>(
        TeamMember member, long version, byte[] state, Func<byte[]?, Task<TAnswer?>> ask)
        where TAnswer : class
    {
        for (byte[]? sent = member.Version == version ? null : state; ; sent = state)
        {
            Traffic.Messages += 2;
            Traffic.BytesToWorkers += sent?.Length ?? 0;
            if (await ask(sent).ConfigureAwait(true) is { } answer)
            {
                member.Version = version;
                return answer;
            }

            if (sent is not null)
            {
                throw new WorkerLostException("The worker has begun anew.");
            }
        }
    }

    private sealed class StepWork(TrainingProcess process, int shards) : IPieces
    {
        private readonly byte[] _state = process.State();
        private readonly TrainingState _place = process._state;

        public ShardJoin Join { get; } = new(shards);

        public double Rate { get; private set; }

        public string? Diverged { get; private set; }

        public int Count => shards;

        public bool IsDone(int piece) => Diverged is not null || Join.Has(piece);

        public async Task SendAsync(TeamMember member, int first, int end)
        {
            ShardAnswer answer = await process.AskAsync(member, _place.Behind, _state, state => member.Grain.ComputeAsync(
                new ShardRequest(_place.Behind, _place.Steps + 1, _place.CompletedEpochs + 1, _place.CompletedBatches + 1, first, end, state)))
                .ConfigureAwait(true);
            process.Traffic.BytesFromWorkers += answer.Nodes.Sum(n => n.Numbers.Length);
            if (answer.Diverged is not null)
            {
                Diverged = answer.Diverged;
                return;
            }

            Rate = answer.Rate;
            foreach (NodeSum node in answer.Nodes)
            {
                Join.Add(node);
            }
        }
    }

    private sealed class EvaluationWork(TrainingProcess process, EvaluatedData data, int batches) : IPieces
    {
        private readonly byte[] _state = process.State();
        private readonly long _version = process._state.Behind;

        public (double Mean, int Correct, int Rows)?[] Results { get; } = new (double, int, int)?[batches];

        public string? Failure { get; private set; }

        public int Count => batches;

        public bool IsDone(int piece) => Failure is not null || Results[piece] is not null;

        public async Task SendAsync(TeamMember member, int first, int end)
        {
            EvaluationAnswer answer = await process.AskAsync(member, _version, _state, state => member.Grain.EvaluateAsync(
                new EvaluationRequest(data.Name, _version, first, end, state))).ConfigureAwait(true);
            Failure ??= answer.Failure;
            for (int b = 0; b < answer.Losses.Length; b++)
            {
                Results[first + b] = (answer.Losses[b], answer.Correct[b], answer.Rows[b]);
            }
        }
    }
}
