using System.Diagnostics;
using System.Numerics;
using Qama.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Training;

/// <summary>Trains a classifier of samples, or of each of several rows of a sample: shuffled mini-batches, cross-entropy,
/// clipping, Adam. Steps allocate nothing, and the result is the same for the same seeds whatever the number of
/// threads.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class Trainer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainerOptions _options;
    private readonly ShardPass<T> _pass;
    private readonly Adam<T> _optimizer;
    private readonly GradientStep<T> _step;
    private TrainingState _state = new(0, 0, 0, null);

    /// <summary>Whether a step failed, and may have changed running statistics.</summary>
    private bool _failed;

    /// <summary>Allocates the model's memory and the optimiser's. Shards of more than 1,024 samples get theirs when
    /// data show how many there are: a batch size above their number means all of them at once.</summary>
    /// <param name="model">The model: its output is a row of logits for each label of a sample.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public Trainer(Module<T> model, TrainerOptions? options = null)
    {
        _options = options ?? new TrainerOptions();
        _pass = new ShardPass<T>(model, _options);
        _optimizer = new Adam<T>(model.Parameters, _options.Adam);
        _step = new GradientStep<T>(model.Parameters, model.Buffers, _optimizer, _options.MaxGradientNorm);
    }

    /// <summary>Called after every step; on the training thread.</summary>
    public Action<TrainingProgress>? Progress { get; set; }

    /// <summary>Called after every epoch with its number, from 1: a place to evaluate and to save a checkpoint.</summary>
    public Action<int>? EpochEnded { get; set; }

    /// <summary>Whole epochs that are behind: after <see cref="Load"/> those of the checkpoint, within <see cref="Fit"/> those
    /// that ended, 0 when a training is complete or not begun.</summary>
    public int CompletedEpochs => _state.CompletedEpochs;

    /// <summary>Called after every evaluated batch, with its number of samples: a place to read what layers keep of a pass.</summary>
    public Action<int>? BatchEvaluated { get; set; }

    /// <summary>Writes what <see cref="Load"/> needs to go on as if nothing had happened: the model's state and
    /// description, the optimiser's, the steps that are behind, the settings, a fingerprint of the data, and a checksum over
    /// all of it. To be called between two steps: in <see cref="EpochEnded"/>, in <see cref="Progress"/>, or after a training was
    /// cancelled.</summary>
    /// <param name="path">A safetensors file; it appears whole or not at all.</param>
    /// <exception cref="InvalidOperationException">A step of the training failed: running statistics may be those of its middle.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        if (_failed)
        {
            throw new InvalidOperationException(
                $"Expected a training whose steps all ended: one after step {_optimizer.Steps} failed, and may have changed running statistics.");
        }

        TrainingCheckpoint.Save(path, _pass.Model.State, _optimizer, TrainingSettings.Of(_pass.Model, _options), _state);
    }

    /// <summary>Continues a training: the next <see cref="Fit"/> takes the steps that are left, with the result that an
    /// uninterrupted training has. On any error everything stays as it was.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or from another model or another training: all
    /// options but the threads, the element type and the model's <see cref="Module{T}.Description"/> must agree. The
    /// message says what does not. Data are compared by <see cref="Fit"/>.</exception>
    public void Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        _state = TrainingCheckpoint.Load(
            file, path, _pass.Model.State, _optimizer, TrainingSettings.Of(_pass.Model, _options), _options.Epochs);
        _failed = false;
    }

    /// <summary>Trains for the given number of epochs, less the steps of a loaded checkpoint or of a training that was
    /// cancelled; calling it again after the last goes on with the same optimiser.</summary>
    /// <param name="data">The training data.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    /// <returns>Time the training took.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model, a number in them is NaN or infinite or one that the
    /// model has no use for (the message names the sample), a shard of them is too large for the model's memory, or steps are
    /// behind that had other data.</exception>
    /// <exception cref="InvalidOperationException">The training diverged: the loss, the gradient or a number that a
    /// layer needs stopped being finite, and parameters are those of the step before; or, at the end of an epoch, a
    /// parameter, a running statistic or the optimiser's state did.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TimeSpan Fit(Dataset<T> data, CancellationToken cancellationToken = default)
    {
        _pass.Prepare(data);
        TrainingPlan plan = TrainingPlan.Of(_options, data.Count);
        Begin(data, plan);
        var order = new SampleOrder(data.Count, _options.Seed);
        long start = Stopwatch.GetTimestamp();
        long before = _state.Behind;
        _pass.Model.Mode = LayerMode.Training;
        while (_state.CompletedEpochs < plan.Epochs)
        {
            ReadOnlySpan<int> samples = order.Of(_state.CompletedEpochs + 1);
            while (_state.CompletedBatches < plan.Batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (int first, int count) = plan.Batch(_state.CompletedBatches + 1);
                double rate = _options.LearningRate.At(_state.Behind + 1, plan.Steps);
                double norm = Step(data, samples.Slice(first, count), first, plan.ShardsOf(count), rate);
                if (Progress is not null)
                {
                    double left = (plan.Steps - _state.Behind) / (double)(_state.Behind - before);
                    Progress(_state.Progress(plan, norm, Stopwatch.GetElapsedTime(start) * left));
                }
            }

            RequireFiniteState();
            _state = _state.NextEpoch();
            EpochEnded?.Invoke(_state.CompletedEpochs);
        }

        _state = new TrainingState(0, _optimizer.Steps, 0, null);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Measures loss and accuracy in evaluation mode; the mode is restored.</summary>
    /// <param name="data">The data.</param>
    /// <exception cref="ArgumentException">The data do not fit the model, a number in them is NaN or infinite or one that the
    /// model has no use for (the message names the sample), or a shard of them is too large for the model's
    /// memory.</exception>
    /// <exception cref="InvalidOperationException">A number that a layer needs is not finite: the parameters are not,
    /// or too large.</exception>
    /// <remarks>Samplers draw by a sample's index in the data, so the result does not depend on the batch size.</remarks>
    public EvaluationResult Evaluate(Dataset<T> data)
    {
        int size = _pass.Prepare(data);
        LayerMode mode = _pass.Model.Mode;
        _pass.Model.Mode = LayerMode.Evaluation;
        double loss = 0;
        long correct = 0, rows = 0;
        try
        {
            int count;
            for (int first = 0; first < data.Count; first += count)
            {
                count = Math.Min(size, data.Count - first);
                LossSum sum = _pass.Evaluate(data, first, count);
                loss += sum.Mean * sum.Rows;
                correct += sum.Correct;
                rows += sum.Rows;
                BatchEvaluated?.Invoke(count);
            }
        }
        catch (NotFiniteNumberException e)
        {
            throw new InvalidOperationException($"The model cannot be evaluated: {e.Message}", e);
        }
        finally
        {
            _pass.Model.Mode = mode;
        }

        return new EvaluationResult(loss / rows, correct / (double)rows);
    }

    /// <summary>Begins a training, or goes on with the one whose steps are behind.</summary>
    private void Begin(Dataset<T> data, TrainingPlan plan)
    {
        var fingerprint = DataFingerprint.Of(data);
        if (_state.Behind == 0 || (_failed && CompletedEpochs == 0))
        {
            _state = new TrainingState(0, _optimizer.Steps, plan.Batches, fingerprint);
            _failed = false;
            return;
        }

        string behind = CompletedEpochs == 0 ? $"{_state.Behind} steps" : $"{CompletedEpochs} epochs";
        if (fingerprint.Samples != _state.Data!.Samples)
        {
            throw new ArgumentException(
                $"The {behind} that are behind had {_state.Data.Samples} samples, got {fingerprint.Samples}.", nameof(data));
        }

        if (fingerprint != _state.Data || plan.Batches != _state.StepsPerEpoch)
        {
            throw new ArgumentException(
                $"The {behind} that are behind had data with other numbers, labels or order (SHA-256 "
                + $"{_state.Data.Hash[..16]}, got {fingerprint.Hash[..16]}).", nameof(data));
        }
    }

    /// <summary>Takes a step; the norm of its gradient.</summary>
    private double Step(Dataset<T> data, ReadOnlySpan<int> samples, int first, int shards, double rate)
    {
        bool failed = _failed;
        _failed = true; // unless the step gets to its end
        try
        {
            var place = new BatchInfo(samples.Length, _optimizer.Steps + 1, first);
            LossSum sum = _pass.Run(data, samples, place, shards, (0, shards));
            double norm = _step.Take(sum.Mean, shards, rate);
            _state = _state.After(sum);
            _failed = failed;
            return norm;
        }
        catch (NotFiniteNumberException e)
        {
            _pass.RestoreBuffers();
            foreach (int sample in samples)
            {
                ShardPass<T>.RequireFinite(data, sample);
            }

            throw GradientStep<T>.Diverged(_optimizer.Steps + 1, e.Message, e);
        }
    }

    private void RequireFiniteState()
    {
        try
        {
            _step.RequireFinite();
        }
        catch (InvalidOperationException)
        {
            _failed = true;
            throw;
        }
    }
}
