using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Qama.Tool.Data;
using Qama.Tool.Inspecting;
using Qama.Training;

namespace Qama.Tool.Experiments;

/// <summary>Trains one model, epoch by epoch; an interrupted run goes on from its last whole epoch, and a finished one is not
/// repeated.</summary>
internal sealed class TrainingRun
{
    /// <summary>Digits of the data's hash that a result has.</summary>
    public const int DataDigits = 16;

    private readonly RunnableModel _model;
    private readonly TaskData _data;
    private readonly DataSettings _from;
    private readonly TrainSettings _settings;
    private readonly string _project;
    private readonly AttentionNetwork _network;
    private readonly Trainer<float> _trainer;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">The declared model.</param>
    /// <param name="project">The assembly or project it is from.</param>
    /// <param name="data">The data.</param>
    /// <param name="from">Which data these are.</param>
    /// <param name="settings">The training.</param>
    /// <param name="folder">Where the files are written.</param>
    public TrainingRun(RunnableModel model, string project, TaskData data, DataSettings from, TrainSettings settings, string folder)
    {
        (_model, _data, _from, _settings) = (model, data, from, settings);
        Variant = settings.Attention == AttentionKind.Model ? model.ShortName
            : $"{model.ShortName}-{settings.Attention.ToString().ToLowerInvariant()}";
        _project = Path.GetRelativePath(folder, project);
        _network = new AttentionNetwork(model, data, settings, settings.CreateSampler());
        _trainer = new Trainer<float>(_network.Module, settings.ToOptions());
        Files = new RunFiles(folder, $"{data.Name}-{Variant}-{settings}{DataName(data, from)}-{Hash()}");
    }

    /// <summary>The declared class, or the baseline.</summary>
    public string Variant { get; }

    /// <summary>What is written.</summary>
    public RunFiles Files { get; }

    /// <summary>Trains, or returns what an earlier call found.</summary>
    /// <param name="messages">Where lines about epochs go.</param>
    /// <param name="stop">Ends the training between two steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the epochs that ended are kept.</exception>
    /// <exception cref="InvalidOperationException">The training diverged.</exception>
    /// <exception cref="InvalidDataException">The files of an earlier call are of another training, or damaged.</exception>
    public RunRecord Run(Messages messages, CancellationToken stop)
    {
        if (Files.Read() is { } done)
        {
            messages.Writer.WriteLine($"{Variant}, seed {_settings.Seed}: finished before, see {Files.Result}");
            return done;
        }

        List<EpochRecord> epochs = Files.Resume(_trainer);
        if (epochs.Count > 0)
        {
            messages.Writer.WriteLine($"{Variant}, seed {_settings.Seed}: goes on after epoch {epochs.Count}, see {Files.Checkpoint}");
        }

        EpochBar.Show(Variant, messages, bar => Fit(bar, epochs, stop));
        stop.ThrowIfCancellationRequested();
        (EvaluationResult? test, _) = Evaluate(Split.Test);
        RunRecord result = Record(epochs, test);
        Files.Complete(result);
        return result;
    }

    private TimeSpan Fit(EpochBar bar, List<EpochRecord> epochs, CancellationToken stop)
    {
        TrainingProgress last = default;
        double largestNorm = 0;
        long started = Stopwatch.GetTimestamp();
        _trainer.Progress = p =>
        {
            last = p;
            largestNorm = Math.Max(largestNorm, p.GradientNorm);
            bar.Move(Variant, p);
        };
        _trainer.EpochEnded = epoch =>
        {
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            (EvaluationResult? result, SelectionCounter selections) = Evaluate(Split.Dev);
            epochs.Add(new EpochRecord(
                epoch, last.Loss, last.Accuracy, result?.Loss, result?.Accuracy, Math.Round(seconds, 3), largestNorm,
                result is null ? null : selections.MeanEnergy, result is null ? null : selections.SelectedShare));
            Files.Keep(_trainer, epochs);
            bar.Line(Line(epochs[^1]));
            largestNorm = 0;
            started = Stopwatch.GetTimestamp();
        };
        return _trainer.Fit(_data.Samples(Split.Train)!, stop);
    }

    private string Line(EpochRecord e)
    {
        string validation = e.ValidationAccuracy is { } accuracy
            ? string.Create(CultureInfo.InvariantCulture, $"  validation {e.ValidationLoss:0.0000} {100 * accuracy,6:0.00} %") : "";
        string selected = e.SelectedShare is { } share ? string.Create(CultureInfo.InvariantCulture, $"  selected {100 * share,3:0} %")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Variant}  seed {_settings.Seed}  epoch {e.Epoch,3}/{_settings.Epochs}  loss {e.TrainingLoss:0.0000} "
                + $"{100 * e.TrainingAccuracy,6:0.00} %{validation}{selected}  {e.Seconds:0.0} s");
    }

    private (EvaluationResult? Result, SelectionCounter Selections) Evaluate(Split split)
    {
        var selections = new SelectionCounter(_network.Declared.FirstOrDefault(), _data, split);
        if (_data.Samples(split) is not { } samples)
        {
            return (null, selections);
        }

        _trainer.BatchEvaluated = selections.Add;
        EvaluationResult result = _trainer.Evaluate(samples);
        _trainer.BatchEvaluated = null;
        return (result, selections);
    }

    private RunRecord Record(List<EpochRecord> epochs, EvaluationResult? test) => new()
    {
        Dataset = _data.Name,
        Data = _data.Hash[..DataDigits],
        Layout = _data.Layout.ToString().ToLowerInvariant(),
        Variant = Variant,
        Attention = _settings.Attention.ToString().ToLowerInvariant(),
        Model = _model.Name,
        Project = _project,
        Depth = _settings.Depth,
        Seed = _settings.Seed,
        BatchSize = _settings.Batch,
        LearningRate = _settings.Rate,
        MaxGradientNorm = double.IsFinite(_settings.Clip) ? _settings.Clip : null,
        Sweeps = _settings.Attention == AttentionKind.Model ? _settings.Sweeps : null,
        Patch = _data.Patch,
        Side = _from.Side,
        Words = _data.Words,
        Classes = _data.ClassNames.Count,
        TrainingSamples = _data.Samples(Split.Train)!.Count,
        FirstSamples = _from.First,
        HoldOut = _from.HeldOut,
        ValidationSamples = _data.Samples(Split.Dev)?.Count ?? 0,
        Parameters = _network.Module.Parameters.Sum(p => p.Parameter.Length),
        VariablesPerSample = _network.Declared.Sum(m => m.Layer.Model.VariableCount * m.Layer.Model.ProblemsPerSample),
        Epochs = epochs,
        TestAccuracy = test?.Accuracy,
        TestLoss = test?.Loss,
        TestSamples = _data.Samples(Split.Test)?.Count,
        Threads = _network.Module.Threads,
        Heads = HeadWeights.Of(_network, _data, _data.Samples(Split.Dev) is null ? Split.Train : Split.Dev),
    };

    private static string DataName(TaskData data, DataSettings from) =>
        $"{(data.Patch is { } patch ? $"-p{patch}" : "")}{(from.Side is { } side ? $"-side{side}" : "")}"
        + $"{(from.First is { } first ? $"-n{first}" : "")}{(from.HeldOut is { } held ? $"-h{held}" : "")}";

    // Names cannot hold declaration and data: eight digits of their hash can. A layer's description has its seed, which the name has anyway.
    private string Hash()
    {
        TrainSettings any = _settings with { Seed = 1 };
        string network = any == _settings ? _network.Module.Description
            : new AttentionNetwork(_model, _data, any, any.CreateSampler()).Module.Description;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_model.Name}\n{network}\n{_data.Hash}")))[..8];
    }
}
