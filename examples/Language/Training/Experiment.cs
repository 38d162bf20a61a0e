using System.Diagnostics;
using System.Globalization;
using Qama.Examples.Common;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Examples.Language;

/// <summary>Trains one variant, some steps at a time; an interrupted run goes on from the last of these parts.</summary>
internal sealed class Experiment
{
    /// <summary>Windows that a part is evaluated with: as many as nanoGPT's 20 batches of 12.</summary>
    private const int PartWindows = 240;

    private readonly Settings _settings;
    private readonly Variant _variant;
    private readonly Corpus _corpus;
    private readonly LanguageModel _model;
    private readonly Trainer<float> _trainer;
    private readonly RunFiles _files;

    public Experiment(Settings settings, Variant variant, Corpus corpus)
    {
        (_settings, _variant, _corpus) = (settings, variant, corpus);
        _files = new RunFiles(settings, variant, corpus);
        _model = new LanguageModel(variant, settings.Tokens, corpus.Vocabulary.Length, settings.Seed, Sampler(settings.Sweeps, settings.Threads));
        _trainer = new Trainer<float>(_model.Network, Options(settings));
    }

    /// <summary>Steps of a part.</summary>
    public int PartSteps { get; init; } = 250;

    /// <summary>Called when a part's results and checkpoint are on disk, with its last step.</summary>
    public Action<int>? PartKept { get; set; }

    /// <summary>What finds selections.</summary>
    public static ISampler Sampler(int sweeps, int threads) => new SimulatedAnnealingSampler { Sweeps = sweeps, Threads = threads };

    /// <summary>nanoGPT's: AdamW, a hundred steps of warm-up, half a cosine down to a tenth. All steps are one epoch: windows
    /// are drawn at random.</summary>
    public static TrainerOptions Options(Settings settings) => new()
    {
        Epochs = 1,
        BatchSize = settings.BatchSize,
        LearningRate = LearningRate.Cosine(settings.Rate, warmUp: Math.Min(0.5, 100.0 / settings.Steps), final: settings.Rate / 10),
        Adam = new AdamOptions { Beta2 = 0.99, WeightDecay = 0.1 },
        MaxGradientNorm = 1,
        Seed = settings.Seed,
        Threads = settings.Threads,
    };

    /// <summary>Trains, or returns what an earlier call found.</summary>
    /// <exception cref="OperationCanceledException">Cancelled: the parts that ended are kept.</exception>
    /// <exception cref="InvalidDataException">The text is shorter than a window.</exception>
    public RunResult Run(CancellationToken cancellationToken)
    {
        if (_files.ReadResult() is { } done)
        {
            Console.WriteLine($"{_variant.Name}: already in {_files.Result}");
            return done;
        }

        List<PartResult> parts = Train(cancellationToken);
        Dataset<float> validation = _corpus.Evaluated(_settings.Tokens);
        EvaluationResult found = _trainer.Evaluate(validation);
        var result = new RunResult
        {
            Text = _corpus.Hash,
            TrainingCharacters = _corpus.Training.Length,
            Tokens = _settings.Tokens,
            Variant = _variant.Name,
            Seed = _settings.Seed,
            Steps = _settings.Steps,
            BatchSize = _settings.BatchSize,
            LearningRate = _settings.Rate,
            Sweeps = _settings.Sweeps,
            Threads = _model.Network.Threads,
            Parameters = _model.Network.Parameters.Sum(p => p.Parameter.Length),
            Parts = parts,
            ValidationLoss = found.Loss,
            ValidationAccuracy = found.Accuracy,
            ValidationCharacters = validation.Count * _settings.Tokens,
            Limited = _variant.Name == "softmax" ? [.. Limited(validation)] : [],
        };
        ModelFile.Save(_files.Model, _model, _variant, _settings.Seed, _settings.Sweeps, _corpus.Vocabulary);
        _files.Complete(result);
        return result;
    }

    private List<PartResult> Train(CancellationToken cancellationToken)
    {
        List<PartResult> parts = _files.Resume(_trainer);
        if (parts.Count > 0)
        {
            Console.WriteLine($"{_variant.Name}: going on after {parts.Count} parts of {PartSteps} steps.");
        }

        Dataset<float> training = _corpus.Draw(_settings.Steps * _settings.BatchSize, _settings.Tokens, (ulong)_settings.Seed);
        Dataset<float> validation = _corpus.Evaluated(_settings.Tokens, PartWindows);
        return WorkBar.Show(_variant.Name, bar =>
        {
            long started = Stopwatch.GetTimestamp();
            _trainer.Progress = p =>
            {
                // An interruption between the two files leaves one part more in the list than steps are behind.
                parts.RemoveAll(k => k.Step >= p.Batch);
                bar.Move(p.Batch / (double)p.Batches, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_variant.Name}, step {p.Batch}/{p.Batches}, {p.TimeLeft.TotalSeconds:0} s left, loss {p.Loss:0.000}"));
                if (p.Batch % PartSteps == 0 || p.Batch == p.Batches)
                {
                    double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                    PartResult part = EndPart(p, parts, seconds, validation);
                    bar.Line(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_variant.Name,-12} step {part.Step,5}  loss {part.TrainingLoss:0.0000}  validation {part.ValidationLoss:0.0000}  {seconds / part.Steps:0.000} s/step"));
                    PartKept?.Invoke(part.Step);
                    started = Stopwatch.GetTimestamp();
                }
            };
            _trainer.Fit(training, cancellationToken);
            return parts;
        });
    }

    private PartResult EndPart(TrainingProgress progress, List<PartResult> parts, double seconds, Dataset<float> validation)
    {
        int before = parts.Count == 0 ? 0 : parts[^1].Step, steps = progress.Batch - before;
        double loss = progress.Loss * progress.Batch - parts.Sum(p => p.TrainingLoss * p.Steps);
        var part = new PartResult(progress.Batch, steps, loss / steps, _trainer.Evaluate(validation).Loss, seconds);
        parts.Add(part);
        _files.Save(_trainer, parts);
        return part;
    }

    // The trained model when queries read the last keys only, or those that attention went to so far.
    private IEnumerable<LimitedResult> Limited(Dataset<float> validation)
    {
        foreach (int keys in Variant.All.Select(v => v.Keys).Distinct().Where(k => k > 0 && k < _settings.Tokens))
        {
            yield return new("window", keys, Loss((shape, seed) => Variant.Softmax(shape, seed, keys)));
            yield return new("heavy hitters", keys, Loss((shape, seed) => HeavyHitters.Layer(shape, seed, keys)));
        }

        double Loss(Func<TokenShape, long, Module<float>> attention)
        {
            var limited = new LanguageModel(_settings.Tokens, _corpus.Vocabulary.Length, _settings.Seed, attention);
            LanguageModel.Copy(_model.Network.Parameters, limited.Network.Parameters);
            return new Trainer<float>(limited.Network, Options(_settings)).Evaluate(validation).Loss;
        }
    }
}
