using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Qama.Examples.Common;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Optimization;

namespace Qama.Examples.Sequences;

/// <summary>Trains one variant and writes its result; a complete one is not repeated.</summary>
internal sealed class Experiment(Settings settings, Variant variant)
{
    private const int EvaluationSequences = 1_000;

    private readonly RetrievalTask _task = new(settings.Task, settings.Tokens);

    /// <summary>The result's file; its name holds all that decides it.</summary>
    public string File { get; } = Path.Combine(settings.Out, string.Create(
        CultureInfo.InvariantCulture,
        $"{settings.Task}-{settings.Tokens}-{variant.Name}-e{settings.Epochs}-s{settings.Seed}-lr{settings.Rate:0.######}-b{settings.BatchSize}-sw{settings.Sweeps}-n{settings.Sequences}.json"));

    /// <summary>Trains, or returns what an earlier call found.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    public SequenceResult Run(CancellationToken cancellationToken)
    {
        if (System.IO.File.Exists(File))
        {
            Console.WriteLine($"{variant.Name}: already in {File}");
            return JsonSerializer.Deserialize(System.IO.File.ReadAllText(File), SequenceJson.Default.SequenceResult)!;
        }

        SequenceResult result = Compute(null, cancellationToken);
        string temporary = File + ".tmp";
        System.IO.File.WriteAllText(temporary, JsonSerializer.Serialize(result, SequenceJson.Default.SequenceResult) + "\n");
        System.IO.File.Move(temporary, File, overwrite: true);
        return result;
    }

    /// <summary>Trains and returns what it found.</summary>
    /// <param name="progress">Told how much is done, 0 to 1; null to show it on the console.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    public SequenceResult Compute(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var model = new RetrievalModel(
            variant, _task, settings.Seed, new SimulatedAnnealingSampler { Sweeps = settings.Sweeps, Threads = settings.Threads });
        var trainer = new Trainer<float>(model.Network, new TrainerOptions
        {
            Epochs = settings.Epochs,
            BatchSize = settings.BatchSize,
            LearningRate = LearningRate.Cosine(settings.Rate, warmUp: 0.05),
            MaxGradientNorm = 1,
            Seed = settings.Seed,
            Threads = settings.Threads,
        });
        List<SequenceEpoch> epochs = Train(trainer, progress, cancellationToken);

        Dataset<float> test = Draw(Part.Test, EvaluationSequences);
        var selections = new SelectionStatistics(_task, model.Declared, test);
        trainer.BatchEvaluated = selections.Add;
        EvaluationResult found = trainer.Evaluate(test);
        return new SequenceResult
        {
            Task = settings.Task,
            Tokens = settings.Tokens,
            Variant = variant.Name,
            Seed = settings.Seed,
            BatchSize = settings.BatchSize,
            LearningRate = settings.Rate,
            Sweeps = settings.Sweeps,
            Threads = model.Network.Threads,
            TrainingSequences = settings.Sequences,
            Parameters = model.Network.Parameters.Sum(p => p.Parameter.Length),
            VariablesPerSequence = model.Declared?.Layer.Model.VariableCount ?? 0,
            Epochs = epochs,
            TestAccuracy = found.Accuracy,
            TestLoss = found.Loss,
            Selection = selections.Summary,
        };
    }

    private List<SequenceEpoch> Train(Trainer<float> trainer, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var epochs = new List<SequenceEpoch>();
        Dataset<float> training = Draw(Part.Training, settings.Sequences);
        Dataset<float> validation = Draw(Part.Validation, EvaluationSequences);
        TrainingProgress last = default;
        long started = Stopwatch.GetTimestamp();
        trainer.Progress = p =>
        {
            last = p;
            progress?.Report((p.Epoch - 1 + p.Batch / (double)p.Batches) / p.Epochs);
        };
        if (progress is null)
        {
            WorkBar.Fit(trainer, variant.Name, training, cancellationToken, (epoch, bar) => bar.Line(EndEpoch(epoch)));
        }
        else
        {
            trainer.EpochEnded = epoch => EndEpoch(epoch);
            trainer.Fit(training, cancellationToken);
        }

        return epochs;

        string EndEpoch(int epoch)
        {
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            EvaluationResult found = trainer.Evaluate(validation);
            epochs.Add(new SequenceEpoch(epoch, last.Loss, last.Accuracy, found.Loss, found.Accuracy, seconds));
            started = Stopwatch.GetTimestamp();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{variant.Name,-14} epoch {epoch,3}  loss {last.Loss:0.0000}  validation {found.Accuracy,6:0.0%}  {seconds:0.0} s");
        }
    }

    private Dataset<float> Draw(Part part, int count) => _task.Draw(count, 3 * (ulong)settings.Seed + (ulong)part);

    private enum Part
    {
        Training,
        Validation,
        Test,
    }
}
