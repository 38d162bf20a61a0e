using System.Runtime.InteropServices;
using Qama.Cluster.Members;
using Qama.Layers;
using Qama.Training;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Cluster.Training;

/// <summary>A training on one worker silo; its key is the silo and the run (<see cref="WorkerKeys"/>).</summary>
[Alias("qama.training.worker")]
internal interface ITrainingWorker : IGrainWithStringKey
{
    /// <summary>Makes the task's model and loads its data; null, or why the worker cannot take part.</summary>
    [ResponseTimeout("02:00:00")]
    Task<string?> JoinAsync(JoinRequest request);

    /// <summary>Sums shards; null if the worker lacks the state, or did not join.</summary>
    [ResponseTimeout("02:00:00")]
    Task<ShardAnswer?> ComputeAsync(ShardRequest request);

    /// <summary>Evaluates batches; null if the worker lacks the state, or did not join.</summary>
    [ResponseTimeout("02:00:00")]
    Task<EvaluationAnswer?> EvaluateAsync(EvaluationRequest request);

    /// <summary>Lets the model and the data go.</summary>
    Task LeaveAsync();
}

/// <inheritdoc cref="ITrainingWorker"/>
[WorkerPlacement]
[CollectionAgeLimit(Minutes = 20)]
internal sealed class TrainingWorker(IServiceProvider services) : Grain, ITrainingWorker
{
    private Memory? _memory;

    public async Task<string?> JoinAsync(JoinRequest request)
    {
        TrainingTasks tasks = services.GetService(typeof(TrainingTasks)) as TrainingTasks ?? new TrainingTasks([]);
        try
        {
            // Not on the silo's own threads, which others' calls need.
            (string differences, Memory? memory) = await Task.Run(() => Join(tasks, request)).ConfigureAwait(true);
            _memory = memory;
            return differences.Length > 0 ? differences : null;
        }
        catch (Exception e)
        {
            // Whatever a task's own code throws concerns this worker alone.
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    public async Task<ShardAnswer?> ComputeAsync(ShardRequest request) =>
        _memory is { } memory ? await Task.Run(() => memory.Compute(request)).ConfigureAwait(true) : null;

    public async Task<EvaluationAnswer?> EvaluateAsync(EvaluationRequest request) =>
        _memory is { } memory ? await Task.Run(() => memory.Evaluate(request)).ConfigureAwait(true) : null;

    public Task LeaveAsync()
    {
        _memory = null;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private static (string Differences, Memory? Memory) Join(TrainingTasks tasks, JoinRequest request)
    {
        var training = LocalTraining.Create(tasks.Find(request.Task), request.Arguments, tasks.Threads);
        string differences = LocalTraining.Differences(training.Facts, request.Facts);
        return (differences, differences.Length > 0 ? null : new Memory(training.Setup, tasks.Threads));
    }

    /// <summary>A training's model and data.</summary>
    private sealed class Memory
    {
        private readonly TrainingSetup _setup;
        private readonly TrainingPlan _plan;
        private readonly SampleOrder _order;
        private readonly ShardPass<float> _pass;
        private readonly ShardNumbers<float> _numbers;
        private readonly NamedParameter<float>[] _state;
        private byte[] _values = [];
        private long _version = -1;

        public Memory(TrainingSetup setup, int threads)
        {
            _setup = setup;
            TrainerOptions options = setup.Options with { Threads = threads };
            _plan = TrainingPlan.Of(options, setup.Data.Count);
            _order = new SampleOrder(setup.Data.Count, options.Seed);
            _pass = new ShardPass<float>(setup.Model, options);
            _numbers = new ShardNumbers<float>(setup.Model.Parameters, setup.Model.Buffers);
            _state = [.. setup.Model.State];
            foreach (Dataset<float> data in setup.Evaluated.Values.Append(setup.Data))
            {
                _pass.Prepare(data);
            }
        }

        public ShardAnswer? Compute(ShardRequest request)
        {
            if (!Takes(request.Version, request.State))
            {
                return null;
            }

            _setup.Model.Mode = LayerMode.Training;
            (int first, int count) = _plan.Batch(request.Batch);
            int shards = _plan.ShardsOf(count);
            ReadOnlySpan<int> batch = _order.Of(request.Epoch).Slice(first, count);
            List<(int First, int End)> nodes = ShardTree.Cover(request.First, request.End, shards);
            var sums = new NodeSum[nodes.Count];
            for (int n = 0; n < sums.Length; n++)
            {
                SetState();
                try
                {
                    LossSum sum = _pass.Run(_setup.Data, batch, new BatchInfo(count, request.Step, first), shards, nodes[n]);
                    var numbers = new byte[_numbers.Length * sizeof(float)];
                    _numbers.CopyTo(MemoryMarshal.Cast<byte, float>(numbers.AsSpan()));
                    sums[n] = new NodeSum(nodes[n].First, nodes[n].End, sum.Loss, sum.Correct, sum.Rows, numbers);
                }
                catch (NotFiniteNumberException e)
                {
                    return new ShardAnswer([], 0, e.Message);
                }
            }

            return new ShardAnswer(sums, _setup.Options.LearningRate.At(request.Version + 1, _plan.Steps), null);
        }

        public EvaluationAnswer? Evaluate(EvaluationRequest request)
        {
            if (!Takes(request.Version, request.State))
            {
                return null;
            }

            SetState();
            _setup.Model.Mode = LayerMode.Evaluation;
            Dataset<float> data = _setup.Evaluated[request.Data];
            int size = TrainingPlan.Of(_setup.Options, data.Count).LargestShard;
            int batches = request.End - request.First;
            var answer = new EvaluationAnswer(new double[batches], new int[batches], new int[batches], null);
            for (int b = 0; b < batches; b++)
            {
                int first = (request.First + b) * size;
                try
                {
                    LossSum sum = _pass.Evaluate(data, first, Math.Min(size, data.Count - first));
                    (answer.Losses[b], answer.Correct[b], answer.Rows[b]) = (sum.Mean, sum.Correct, sum.Rows);
                }
                catch (NotFiniteNumberException e)
                {
                    return new EvaluationAnswer([], [], [], $"The model cannot be evaluated: {e.Message}");
                }
            }

            return answer;
        }

        private bool Takes(long version, byte[]? state)
        {
            if (state is not null)
            {
                (_values, _version) = (state, version);
            }

            return _version == version;
        }

        // Before every pass: passes change the buffers.
        private void SetState()
        {
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(_values);
            foreach (NamedParameter<float> part in _state)
            {
                values[..part.Parameter.Length].CopyTo(part.Parameter.Value);
                values = values[part.Parameter.Length..];
            }
        }
    }
}
