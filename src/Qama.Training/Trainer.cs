using System.Diagnostics;
using System.Numerics;
using Qama.Model;
using Qama.Sampling;

namespace Qama.Training;

/// <summary>Trains a classifier: shuffled mini-batches, cross-entropy, clipping, Adam. Steps allocate nothing, and the
/// result is the same for the same seeds whatever the number of threads.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class Trainer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Module<T> _model;
    private readonly TrainerOptions _options;
    private readonly Adam<T> _optimizer;
    private readonly Activations<T> _input;
    private readonly Activations<T> _output;
    private readonly Activations<T> _gradient;
    private readonly int[] _labels;

    /// <summary>Allocates the model's memory and the optimiser's.</summary>
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
        _input = new Activations<T>(options.BatchSize, model.InputShape);
        _output = new Activations<T>(options.BatchSize, model.OutputShape);
        _gradient = new Activations<T>(options.BatchSize, model.OutputShape);
        _labels = new int[options.BatchSize];
        model.Allocate(options.BatchSize, options.Threads);
    }

    /// <summary>Called after every step; on the training thread.</summary>
    public Action<TrainingProgress>? Progress { get; set; }

    /// <summary>Called after every epoch with its number, from 1: a place to evaluate and to save a checkpoint.</summary>
    public Action<int>? EpochEnded { get; set; }

    /// <summary>Epochs that are behind: after <see cref="Load"/> those of the checkpoint, within <see cref="Fit"/> those
    /// that ended, 0 when a training is complete or not begun.</summary>
    public int CompletedEpochs { get; private set; }

    /// <summary>Called after every evaluated batch, with its number of samples: a place to read what layers keep of a pass.</summary>
    public Action<int>? BatchEvaluated { get; set; }

    /// <summary>Writes what <see cref="Load"/> needs to go on as if nothing had happened: the model's state, the
    /// optimiser's, and the number of epochs. To be called in <see cref="EpochEnded"/>.</summary>
    /// <param name="path">A safetensors file; it appears whole or not at all.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => TrainingCheckpoint.Save(path, _model, _optimizer, _options, CompletedEpochs);

    /// <summary>Continues a training: the next <see cref="Fit"/> trains the epochs that are left, with the result that an
    /// uninterrupted training has. On any error everything stays as it was.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or from another model or another training: epochs, batch
    /// size, seed and the number of steps must agree.</exception>
    public void Load(string path) => CompletedEpochs = TrainingCheckpoint.Load(path, _model, _optimizer, _options);

    /// <summary>Trains for the given number of epochs, less those of a loaded checkpoint; calling it again after the last
    /// goes on with the same optimiser.</summary>
    /// <param name="data">The training data.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    /// <returns>Time the training took.</returns>
    /// <exception cref="ArgumentException">The data do not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The loss or the gradient stopped being finite; parameters are those of
    /// the step before.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TimeSpan Fit(Dataset<T> data, CancellationToken cancellationToken = default)
    {
        Check(data);
        int batches = (data.Count + _options.BatchSize - 1) / _options.BatchSize;
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
                int first = (batch - 1) * _options.BatchSize;
                int count = Math.Min(_options.BatchSize, data.Count - first);
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

            CompletedEpochs = epoch;
            EpochEnded?.Invoke(epoch);
        }

        CompletedEpochs = 0;
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Measures loss and accuracy in evaluation mode; the mode is restored.</summary>
    /// <param name="data">The data.</param>
    /// <exception cref="ArgumentException">The data do not fit the model.</exception>
    /// <remarks>Samplers draw by a sample's index in the data, so the result does not depend on the batch size.</remarks>
    public EvaluationResult Evaluate(Dataset<T> data)
    {
        Check(data);
        LayerMode mode = _model.Mode;
        _model.Mode = LayerMode.Evaluation;
        double loss = 0;
        int correct = 0;
        try
        {
            for (int first = 0; first < data.Count; first += _options.BatchSize)
            {
                int count = Math.Min(_options.BatchSize, data.Count - first);
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
        finally
        {
            _model.Mode = mode;
        }

        return new EvaluationResult(loss / data.Count, correct / (double)data.Count);
    }

    private (double Loss, int Correct, double Norm) Step(Dataset<T> data, ReadOnlySpan<int> samples, int first, double rate)
    {
        for (int s = 0; s < samples.Length; s++)
        {
            Fill(data, samples[s], s);
        }

        NamedParameter<T>.ZeroGradients(_model.Parameters);
        _model.Forward(_input, _output, new BatchInfo(samples.Length, _optimizer.Steps + 1, first));
        (double loss, int correct) =
            SoftmaxCrossEntropy.Compute(_output, _labels.AsSpan(0, samples.Length), _gradient, _options.LabelSmoothing);
        _model.Backward(_input, _gradient, null);
        double norm = GradientClipping.ClipNorm(_model.Parameters, _options.MaxGradientNorm);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new InvalidOperationException(
                $"Training diverged at step {_optimizer.Steps + 1}: loss {loss}, gradient norm {norm}. "
                + "Lower the learning rate or MaxGradientNorm.");
        }

        _optimizer.Step(rate);
        return (loss, correct, norm);
    }

    private void Fill(Dataset<T> data, int sample, int slot)
    {
        _input.Set(slot, data.Values(sample));
        _labels[slot] = data.Label(sample);
    }

    private void Check(Dataset<T> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Shape != _model.InputShape)
        {
            throw new ArgumentException($"Expected samples of shape {_model.InputShape}, got {data.Shape}.", nameof(data));
        }
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
