using System.Diagnostics;
using System.Globalization;
using Qama.Examples.Common;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Optimization;

namespace Qama.Examples.Vision;

/// <summary>Trains one variant, epoch by epoch; an interrupted run goes on from its last epoch.</summary>
internal sealed class Experiment
{
    private readonly Settings _settings;
    private readonly Variant _variant;
    private readonly ImageData _data;
    private readonly VisionTransformer _model;
    private readonly Trainer<float> _trainer;
    private readonly RunFiles _files;

    public Experiment(Settings settings, Variant variant, ImageData data)
    {
        (_settings, _variant, _data) = (settings, variant, data);
        _files = new RunFiles(settings, variant);
        _model = new VisionTransformer(
            variant, settings.Seed, new SimulatedAnnealingSampler { Sweeps = settings.Sweeps, Threads = settings.Threads });
        _trainer = new Trainer<float>(_model.Network, Options(settings));
    }

    /// <summary>Called when an epoch's results and checkpoint are on disk.</summary>
    public Action<int>? EpochKept { get; set; }

    /// <summary>The trainer's options.</summary>
    public static TrainerOptions Options(Settings settings) => new()
    {
        Epochs = settings.Epochs,
        BatchSize = settings.BatchSize,
        LearningRate = settings.ConstantRate
            ? LearningRate.Constant(settings.Rate)
            : LearningRate.Cosine(settings.Rate, warmUp: 0.05),
        MaxGradientNorm = settings.MaxGradientNorm,
        Seed = settings.Seed,
        Threads = settings.Threads,
    };

    /// <summary>Trains, or returns what an earlier call found.</summary>
    /// <exception cref="OperationCanceledException">Cancelled: the epochs that ended are kept.</exception>
    public RunResult Run(CancellationToken cancellationToken)
    {
        if (_files.ReadResult() is { } done)
        {
            Console.WriteLine($"{_variant.Name}: already in {_files.Result}");
            return done;
        }

        List<EpochResult> epochs = _files.Resume(_trainer);
        LabelledImages training = _settings.Images is { } limit ? _data.Training.Slice(0, limit) : _data.Training;
        Dataset<float> validation = _data.Validation.ToDataset();
        TrainingProgress last = default;
        double largestNorm = 0;
        long started = Stopwatch.GetTimestamp();
        _trainer.Progress = p =>
        {
            last = p;
            largestNorm = Math.Max(largestNorm, p.GradientNorm);
        };
        WorkBar.Fit(_trainer, _variant.Name, training.ToDataset(), cancellationToken, (epoch, bar) =>
        {
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            (EvaluationResult result, SelectionStatistics selections) = Evaluate(validation);
            epochs.Add(new EpochResult(
                epoch, last.Loss, last.Accuracy, result.Loss, result.Accuracy, seconds, largestNorm, selections.MeanEnergy,
                selections.SelectedShare, selections.HeadOverlap, selections.TokenEntropy, selections.PairDistance));
            _files.SaveEpoch(_trainer, epochs);
            string selected = selections.SelectedShare is { } share ? $"  selected {share,3:0%}" : "";
            bar.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{_variant.Name,-14} epoch {epoch,3}  loss {last.Loss:0.0000}  validation {result.Accuracy,7:0.00%}{selected}  {seconds:0.0} s"));
            EpochKept?.Invoke(epoch);
            largestNorm = 0;
            started = Stopwatch.GetTimestamp();
        });

        (EvaluationResult test, _) = Evaluate(_data.Test.ToDataset());
        var found = new RunResult
        {
            Dataset = _data.Name,
            Variant = _variant.Name,
            Depth = _variant.Depth,
            Seed = _settings.Seed,
            BatchSize = _settings.BatchSize,
            LearningRate = _settings.Rate,
            MaxGradientNorm = double.IsFinite(_settings.MaxGradientNorm) ? _settings.MaxGradientNorm : null,
            ConstantRate = _settings.ConstantRate,
            Sweeps = _settings.Sweeps,
            Threads = _model.Network.Threads,
            TrainingImages = training.Count,
            Parameters = _model.Network.Parameters.Sum(p => p.Parameter.Length),
            VariablesPerImage = _model.Declared.Sum(m => m.Layer.Model.VariableCount),
            Epochs = epochs,
            TestAccuracy = test.Accuracy,
            TestLoss = test.Loss,
        };
        found = found with { Estimator = EstimatorOf(found) };
        if (_variant.Kind != AttentionKind.None)
        {
            DrawSelections();
        }

        _files.Complete(found);
        return found;
    }

    private Estimator? EstimatorOf(RunResult found) => Estimator.Of(
        string.Create(CultureInfo.InvariantCulture, $"{found.Dataset}, {found.TrainingImages:#,0} images, {found.Epochs.Count} epochs"),
        $"{_variant.Name}: {_variant.Summary}", _model.Declared.FirstOrDefault()?.Layer,
        "--project examples/Vision -- " + new ResultGroup([found]).Recipe + (_settings.Images is { } images ? $" --images {images}" : ""));

    private (EvaluationResult Result, SelectionStatistics Selections) Evaluate(Dataset<float> data)
    {
        var selections = new SelectionStatistics(_model.Declared.FirstOrDefault());
        _trainer.BatchEvaluated = selections.Add;
        EvaluationResult result = _trainer.Evaluate(data);
        _trainer.BatchEvaluated = null;
        return (result, selections);
    }

    /// <summary>The first validation image of every class.</summary>
    private void DrawSelections()
    {
        int[] shown = [.. Enumerable.Range(0, _data.Validation.Count).DistinctBy(i => _data.Validation.Labels[i]).OrderBy(i => _data.Validation.Labels[i])];
        LabelledImages images = _data.Validation.Pick(shown);
        _trainer.Evaluate(images.ToDataset());
        File.WriteAllText(_files.Picture, SelectionPicture.Draw(_variant, _model, images));
    }
}
