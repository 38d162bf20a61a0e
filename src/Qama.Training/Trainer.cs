using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training;

/// <summary>Trains a classifier: shuffled mini-batches, cross-entropy, clipping, Adam. Steps allocate nothing, and the
/// result is the same for the same seeds whatever the number of threads.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class Trainer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Batches that memory is allocated for before there are data.</summary>
    private const int LargestFirstBatch = 1024;

    private readonly Module<T> _model;
    private readonly TrainerOptions _options;
    private readonly Adam<T> _optimizer;

    /// <summary>All that training changes.</summary>
    private readonly NamedParameter<T>[] _numbers;

    private Activations<T> _input;
    private Activations<T> _output;
    private Activations<T> _gradient;
    private int[] _labels;
    private TrainingState _state = new(0, 0, 0, null);

    /// <summary>Whether a step failed, and may have changed running statistics.</summary>
    private bool _failed;

    /// <summary>Allocates the model's memory and the optimiser's. Batches of more than 1,024 samples get theirs when
    /// data show how many there are: a batch size above their number means all of them at once.</summary>
    /// <param name="model">The model: its output is one row of logits per sample.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model's output has several rows, or a setting is out of its range.</exception>
    public Trainer(Module<T> model, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new TrainerOptions();
        if (model.OutputShape.Tokens != 1)
        {
            throw new ArgumentException($"Expected a model with one row of logits per sample, got {model.OutputShape}.", nameof(model));
        }

        if (options.Epochs < 1 || options.BatchSize < 1 || options.Threads < 0
            || !(options.MaxGradientNorm > 0) || !(options.LabelSmoothing is >= 0 and < 1))
        {
            throw new ArgumentException(
                "Expected Epochs and BatchSize of at least 1, Threads of at least 0, a positive MaxGradientNorm and LabelSmoothing in [0, 1).",
                nameof(options));
        }

        _model = model;
        _options = options;
        _optimizer = new Adam<T>(model.Parameters, options.Adam);
        _numbers = [.. model.State, .. _optimizer.State];
        Allocate(Math.Min(options.BatchSize, LargestFirstBatch));
    }

    /// <summary>Called after every step; on the training thread.</summary>
    public Action<TrainingProgress>? Progress { get; set; }

    /// <summary>Called after every epoch with its number, from 1: a place to evaluate and to save a checkpoint.</summary>
    public Action<int>? EpochEnded { get; set; }

    /// <summary>Epochs that are behind: after <see cref="Load"/> those of the checkpoint, within <see cref="Fit"/> those
    /// that ended, 0 when a training is complete or not begun.</summary>
    public int CompletedEpochs => _state.CompletedEpochs;

    /// <summary>Called after every evaluated batch, with its number of samples: a place to read what layers keep of a pass.</summary>
    public Action<int>? BatchEvaluated { get; set; }

    /// <summary>Writes what <see cref="Load"/> needs to go on as if nothing had happened: the model's state and
    /// description, the optimiser's, the number of epochs, the settings, a fingerprint of the data, and a checksum over
    /// all of it. To be called between two epochs, in <see cref="EpochEnded"/>.</summary>
    /// <param name="path">A safetensors file; it appears whole or not at all.</param>
    /// <exception cref="InvalidOperationException">The training is in the middle of an epoch, or was interrupted or
    /// failed there: the steps that it would lack or repeat would change the result.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        if (_failed || _optimizer.Steps != _state.Steps)
        {
            throw new InvalidOperationException(
                "Expected to be between two epochs, as in EpochEnded: "
                + $"the optimiser took {_optimizer.Steps - _state.StepsBefore} steps, {CompletedEpochs} whole epochs have "
                + $"{_state.Steps - _state.StepsBefore}{(_failed ? ", and one failed" : "")}.");
        }

        TrainingCheckpoint.Save(path, _model, _optimizer, _options, _state);
    }

    /// <summary>Continues a training: the next <see cref="Fit"/> trains the epochs that are left, with the result that an
    /// uninterrupted training has. On any error everything stays as it was.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or from another model or another training: all
    /// options but the threads, the element type and the model's <see cref="Module{T}.Description"/> must agree. The
    /// message says what does not. Data are compared by <see cref="Fit"/>.</exception>
    public void Load(string path)
    {
        _state = TrainingCheckpoint.Load(path, _model, _optimizer, _options);
        _failed = false;
    }

    /// <summary>Trains for the given number of epochs, less those of a loaded checkpoint; calling it again after the last
    /// goes on with the same optimiser.</summary>
    /// <param name="data">The training data.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    /// <returns>Time the training took.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model, a number in them is NaN or infinite (the
    /// message names the sample), a batch of them is too large for the model's memory, or epochs are behind that had
    /// other data.</exception>
    /// <exception cref="InvalidOperationException">The training diverged: the loss, the gradient or a number that a
    /// layer needs stopped being finite, and parameters are those of the step before; or, at the end of an epoch, a
    /// parameter, a running statistic or the optimiser's state did.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TimeSpan Fit(Dataset<T> data, CancellationToken cancellationToken = default)
    {
        int size = Prepare(data);
        Begin(data, (int)((data.Count + size - 1L) / size));
        int batches = _state.StepsPerEpoch;
        long total = (long)batches * _options.Epochs;
        var order = new int[data.Count];
        var random = new RandomStream((ulong)_options.Seed);
        long start = Stopwatch.GetTimestamp();
        _model.Mode = LayerMode.Training;
        for (int epoch = 1; epoch <= CompletedEpochs; epoch++)
        {
            Shuffle(order, ref random); // the orders that a checkpoint has behind it
        }

        long before = (long)CompletedEpochs * batches;
        while (CompletedEpochs < _options.Epochs)
        {
            int epoch = CompletedEpochs + 1;
            Shuffle(order, ref random);
            double loss = 0;
            int correct = 0;
            for (int batch = 1; batch <= batches; batch++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int first = (batch - 1) * size;
                int count = Math.Min(size, data.Count - first);
                long step = (long)(epoch - 1) * batches + batch;
                (double batchLoss, int batchCorrect, double norm) =
                    Step(data, order.AsSpan(first, count), first, _options.LearningRate.At(step, total));
                loss += batchLoss * count;
                correct += batchCorrect;
                if (Progress is not null)
                {
                    TimeSpan left = Stopwatch.GetElapsedTime(start) * ((total - step) / (double)(step - before));
                    int seen = first + count;
                    Progress(new TrainingProgress(
                        epoch, _options.Epochs, batch, batches, loss / seen, correct / (double)seen, norm, left));
                }
            }

            RequireFiniteState();
            _state = _state with { CompletedEpochs = epoch };
            EpochEnded?.Invoke(epoch);
        }

        _state = new TrainingState(0, _optimizer.Steps, 0, null);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Measures loss and accuracy in evaluation mode; the mode is restored.</summary>
    /// <param name="data">The data.</param>
    /// <exception cref="ArgumentException">The data do not fit the model, a number in them is NaN or infinite (the
    /// message names the sample), or a batch of them is too large for the model's memory.</exception>
    /// <exception cref="InvalidOperationException">A number that a layer needs is not finite: the parameters are not,
    /// or too large.</exception>
    /// <remarks>Samplers draw by a sample's index in the data, so the result does not depend on the batch size.</remarks>
    public EvaluationResult Evaluate(Dataset<T> data)
    {
        int size = Prepare(data);
        LayerMode mode = _model.Mode;
        _model.Mode = LayerMode.Evaluation;
        double loss = 0;
        int correct = 0;
        try
        {
            int count;
            for (int first = 0; first < data.Count; first += count)
            {
                count = Math.Min(size, data.Count - first);
                for (int s = 0; s < count; s++)
                {
                    Fill(data, first + s, s);
                }

                _model.Forward(_input, _output, new BatchInfo(count, 0, first));
                (double batchLoss, int batchCorrect) = SoftmaxCrossEntropy.Compute(_output, _labels.AsSpan(0, count));
                loss += batchLoss * count;
                correct += batchCorrect;
                BatchEvaluated?.Invoke(count);
            }
        }
        catch (NotFiniteNumberException e)
        {
            throw new InvalidOperationException($"The model cannot be evaluated: {e.Message}", e);
        }
        finally
        {
            _model.Mode = mode;
        }

        return new EvaluationResult(loss / data.Count, correct / (double)data.Count);
    }

    /// <summary>Checks data and has memory for their batches; the largest batch.</summary>
    private int Prepare(Dataset<T> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Shape != _model.InputShape)
        {
            throw new ArgumentException(
                $"Expected samples of shape {_model.InputShape}, got {data.Shape}.", nameof(data));
        }

        int classes = _model.OutputShape.Width;
        for (int s = 0; s < data.Count; s++)
        {
            RequireFinite(data, s);
            if (data.Label(s) >= classes)
            {
                throw new ArgumentException(
                    $"Sample {s}: expected a label in 0..{classes - 1}, got {data.Label(s)}.", nameof(data));
            }
        }

        int size = Math.Min(_options.BatchSize, data.Count);
        if (_input.Capacity < size || _model.Capacity < size)
        {
            Allocate(size);
        }

        return size;
    }

    [MemberNotNull(nameof(_input), nameof(_output), nameof(_gradient), nameof(_labels))]
    private void Allocate(int size)
    {
        try
        {
            _input = new Activations<T>(size, _model.InputShape);
            _output = new Activations<T>(size, _model.OutputShape);
            _gradient = new Activations<T>(size, _model.OutputShape);
            _labels = new int[size];
            _model.Allocate(size, _options.Threads);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ArgumentException(
                $"A batch of {size} samples is too large for the model: lower TrainerOptions.BatchSize. {e.Message}", e);
        }
    }

    /// <summary>Begins a training, or goes on with the one whose epochs are behind.</summary>
    private void Begin(Dataset<T> data, int batches)
    {
        var fingerprint = DataFingerprint.Of(data);
        if (CompletedEpochs == 0)
        {
            _state = new TrainingState(0, _optimizer.Steps, batches, fingerprint);
            _failed = false;
            return;
        }

        if (fingerprint.Samples != _state.Data!.Samples)
        {
            throw new ArgumentException(
                $"The {CompletedEpochs} epochs that are behind had {_state.Data.Samples} samples, got {fingerprint.Samples}.",
                nameof(data));
        }

        if (fingerprint != _state.Data || batches != _state.StepsPerEpoch)
        {
            throw new ArgumentException(
                $"The {CompletedEpochs} epochs that are behind had data with other numbers, labels or order (SHA-256 "
                + $"{_state.Data.Hash[..16]}, got {fingerprint.Hash[..16]}).", nameof(data));
        }
    }

    private (double Loss, int Correct, double Norm) Step(Dataset<T> data, ReadOnlySpan<int> samples, int first, double rate)
    {
        for (int s = 0; s < samples.Length; s++)
        {
            Fill(data, samples[s], s);
        }

        bool failed = _failed;
        _failed = true; // unless the step gets to its end
        NamedParameter<T>.ZeroGradients(_model.Parameters);
        double loss;
        double norm;
        int correct;
        try
        {
            _model.Forward(_input, _output, new BatchInfo(samples.Length, _optimizer.Steps + 1, first));
            (loss, correct) =
                SoftmaxCrossEntropy.Compute(_output, _labels.AsSpan(0, samples.Length), _gradient, _options.LabelSmoothing);
            _model.Backward(_input, _gradient, null);
            norm = GradientClipping.ClipNorm(_model.Parameters, _options.MaxGradientNorm);
        }
        catch (NotFiniteNumberException e)
        {
            throw Diverged(data, samples, e.Message, e);
        }

        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw Diverged(data, samples, $"loss {loss}, gradient norm {norm}.", null);
        }

        _optimizer.Step(rate);
        _failed = failed;
        return (loss, correct, norm);
    }

    private InvalidOperationException Diverged(
        Dataset<T> data, ReadOnlySpan<int> samples, string what, Exception? inner)
    {
        foreach (int sample in samples)
        {
            RequireFinite(data, sample); // data are not copied: they may have changed since they were checked
        }

        return new InvalidOperationException(
            $"Training diverged at step {_optimizer.Steps + 1}: {what} Lower the learning rate or MaxGradientNorm.", inner);
    }

    /// <summary>The last step of an epoch has no step after it that would notice.</summary>
    private void RequireFiniteState()
    {
        foreach (NamedParameter<T> part in _numbers)
        {
            if (!IsFinite(part.Parameter.Value))
            {
                _failed = true;
                throw new InvalidOperationException(
                    $"Training diverged at step {_optimizer.Steps}: {part.Name} has a number that is NaN or infinite. "
                    + "Lower the learning rate or MaxGradientNorm.");
            }
        }
    }

    private void Fill(Dataset<T> data, int sample, int slot)
    {
        _input.Set(slot, data.Values(sample));
        _labels[slot] = data.Label(sample);
    }

    private static void RequireFinite(Dataset<T> data, int sample)
    {
        if (!IsFinite(data.Values(sample)))
        {
            throw new ArgumentException($"Sample {sample} has a number that is NaN or infinite.", nameof(data));
        }
    }

    private static bool IsFinite(ReadOnlySpan<T> values)
    {
        if (typeof(T) == typeof(float))
        {
            return Padding.IsFinite(MemoryMarshal.Cast<T, float>(values));
        }

        foreach (T value in values)
        {
            if (!T.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A fresh permutation of 0..n−1 (Fisher-Yates).</summary>
    private static void Shuffle(Span<int> order, ref RandomStream random)
    {
        for (int i = 0; i < order.Length; i++)
        {
            int j = random.NextInt32(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }
}
