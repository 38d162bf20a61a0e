using System.Diagnostics;
using System.Globalization;
using Qama.Examples.Common;
using Qama.Layers;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Optimization;

namespace Qama.Examples.LongTasks;

/// <summary>Trains one variant on one task.</summary>
/// <param name="task">The task.</param>
/// <param name="variant">The attention operator.</param>
/// <param name="options">What else decides the run.</param>
internal sealed class Experiment(TokenTask task, Variant variant, RunOptions options)
{
    /// <summary>Trains and writes the result, or reads what an earlier call found.</summary>
    /// <param name="folder">Where results are; the file's name holds all that decides it.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    public TaskResult Run(string folder, CancellationToken cancellationToken)
    {
        string file = Path.Combine(folder, options.Describe(task.Kind, task.Length, variant.Name) + ".json");
        if (File.Exists(file))
        {
            Console.WriteLine($"{variant.Name}: already in {file}");
            return ResultFile.Read(file, TaskResultJson.Default.TaskResult);
        }

        TaskResult result = Compute(null, cancellationToken);
        ResultFile.Write(file, result, TaskResultJson.Default.TaskResult);
        return result;
    }

    /// <summary>Trains and returns what it found.</summary>
    /// <param name="progress">Told how much is done, 0 to 1; null to show it on the console.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    /// <exception cref="InvalidDataException">There is no class for one of the lengths, or shorter sequences are asked for
    /// where couplings are learned by place; nothing is trained.</exception>
    public TaskResult Compute(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        CheckClasses();
        int before = options.Shorter.Count * options.ShorterEpochs;
        (List<ShorterStage> shorter, SequenceModel? begun) = FitShorter(Progress(0), cancellationToken);
        var epochs = new List<TaskEpoch>();
        if (variant.Begin is not null && options.Epochs > 1)
        {
            begun = Build(task, variant.Begin, begun);
            Fit(task, CreateTrainer(begun, options.Epochs / 2), epochs, Progress(before), cancellationToken);
        }

        SequenceModel model = Build(task, variant.Declared, begun);
        Trainer<float> trainer = CreateTrainer(model, options.Epochs - epochs.Count);
        Fit(task, trainer, epochs, Progress(before), cancellationToken);
        (EvaluationResult test, SelectionSummary? selection) = Test(task, model, trainer, options.Tests);
        var found = new TaskResult
        {
            Task = task.Kind,
            Length = task.Length,
            Variant = variant.Name,
            Seed = options.Seed,
            Batch = options.Batch,
            Rate = options.Rate,
            Sweeps = options.Sweeps,
            Threads = model.Network.Threads,
            Samples = options.Samples,
            Tests = options.Tests,
            Vocabulary = task.Vocabulary,
            Blanks = task is RecallTask ? options.Blanks : null,
            Longest = ModelShape.Of(task.Kind).Positions ? null : options.Longest,
            Parameters = model.Network.Parameters.Sum(p => p.Parameter.Length),
            VariablesPerSequence = model.Declared.Sum(m => m.Layer.Model.VariableCount),
            Shorter = shorter,
            StepsPerEpoch = (options.Samples + options.Batch - 1) / options.Batch,
            Epochs = epochs,
            TestAccuracy = test.Accuracy,
            TestLoss = test.Loss,
            Selection = selection,
            Longer = [.. TestLonger(model, cancellationToken)],
        };
        return found with { Estimator = EstimatorOf(found, model) };

        Action<double>? Progress(int epochsBefore) => progress is null
            ? null
            : done => progress.Report((epochsBefore + done) / (before + options.Epochs));
    }

    // Told before anything is trained.
    private void CheckClasses()
    {
        if (variant.Declared is not { } declared)
        {
            return;
        }

        QuboAttentionLayer<float> layer = declared.Create(task, options.Seed);
        if (options.Epochs > 1)
        {
            variant.Begin?.Create(task, options.Seed);
        }

        foreach (int length in options.Shorter)
        {
            (variant.Begin ?? declared).Create(TaskChoice.Create(task.Kind, length, options), options.Seed);
        }

        if (options.Shorter.Count > 0 && layer.Model.LearnedCoupling is not null)
        {
            throw new InvalidDataException(
                $"{variant.Name} cannot begin with shorter sequences: its couplings are learned by place, in a table of "
                + "another width.");
        }
    }

    // What a training on shorter sequences found goes on with longer ones: nothing but rows of positions depends on the
    // length where no coupling is learned by place.
    private (List<ShorterStage> Stages, SequenceModel? Model) FitShorter(
        Action<double>? progress, CancellationToken cancellationToken)
    {
        var stages = new List<ShorterStage>();
        SequenceModel? model = null;
        foreach (int length in options.Shorter)
        {
            TokenTask stage = TaskChoice.Create(task.Kind, length, options);
            model = Build(stage, variant.Begin ?? variant.Declared, model);
            var epochs = new List<TaskEpoch>();
            int before = stages.Count * options.ShorterEpochs;
            Fit(
                stage, CreateTrainer(model, options.ShorterEpochs), epochs,
                progress is null ? null : done => progress(before + done), cancellationToken);
            stages.Add(new ShorterStage(length, epochs));
        }

        return (stages, model);
    }

    private Estimator? EstimatorOf(TaskResult found, SequenceModel model) => Estimator.Of(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Task} {found.Length}, {found.Samples:#,0} sequences, {found.Epochs.Count} epochs{After(found)}"),
        $"{variant.Name}: {variant.Summary}", model.Declared.FirstOrDefault()?.Layer,
        "--project examples/LongTasks -- " + new ResultGroup([found], [found.Rate]).Recipe);

    private static string After(TaskResult found) => found.Shorter.Count > 0
        ? string.Create(
            CultureInfo.InvariantCulture,
            $" after {found.Shorter[0].Epochs.Count} each at {string.Join(", ", found.Shorter.Select(s => s.Length))}")
        : "";

    private SequenceModel Build(TokenTask built, Declarations? declarations, SequenceModel? begun)
    {
        var sampler = new SimulatedAnnealingSampler { Sweeps = options.Sweeps, Threads = options.Threads };
        var model = new SequenceModel(variant.Kind, declarations, built, options.Seed, sampler);
        if (begun is not null)
        {
            model.CopyFrom(begun);
        }

        return model;
    }

    private Trainer<float> CreateTrainer(SequenceModel model, int epochs, int? batch = null) => new(model.Network, new TrainerOptions
    {
        Epochs = epochs,
        BatchSize = batch ?? options.Batch,
        LearningRate = LearningRate.Cosine(options.Rate, warmUp: 0.05),
        MaxGradientNorm = 1,
        Seed = options.Seed,
        Threads = options.Threads,
    });

    private void Fit(
        TokenTask trained, Trainer<float> trainer, List<TaskEpoch> epochs, Action<double>? progress,
        CancellationToken cancellationToken)
    {
        Dataset<float> training = Draw(trained, Part.Training, options.Samples);
        Dataset<float> validation = Draw(trained, Part.Validation, options.Tests);
        int before = epochs.Count;
        TrainingProgress last = default;
        (long started, TimeSpan processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        trainer.Progress = p =>
        {
            last = p;
            progress?.Invoke(before + p.Epoch - 1 + p.Batch / (double)p.Batches);
        };
        if (progress is null)
        {
            WorkBar.Fit(trainer, variant.Name, training, cancellationToken, (_, bar) => bar.Line(EndEpoch()));
        }
        else
        {
            trainer.EpochEnded = _ => EndEpoch();
            trainer.Fit(training, cancellationToken);
        }

        string EndEpoch()
        {
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            double busy = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
            EvaluationResult found = trainer.Evaluate(validation);
            int epoch = epochs.Count + 1;
            epochs.Add(new TaskEpoch(epoch, last.Loss, last.Accuracy, found.Loss, found.Accuracy, seconds, busy));
            (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{variant.Name,-10} {trained.Length,5:#,0}  epoch {epoch,3}  loss {last.Loss:0.0000}  validation {found.Accuracy,6:0.0%}"
                + $"  {seconds:0.0} s");
        }
    }

    private (EvaluationResult Result, SelectionSummary? Selection) Test(
        TokenTask tested, SequenceModel model, Trainer<float> trainer, int sequences)
    {
        Dataset<float> data = Draw(tested, Part.Test, sequences);
        var selections = new SelectionStatistics(tested, model.Declared, data);
        trainer.BatchEvaluated = selections.Add;
        return (trainer.Evaluate(data), selections.Summary);
    }

    // The same parameters in models of more tokens: nothing in them depends on the number.
    private IEnumerable<LongerTest> TestLonger(SequenceModel trained, CancellationToken cancellationToken)
    {
        const int MostTokens = 1 << 20;
        foreach (int tokens in TaskChoice.LongerLengths(task).Where(n => n <= options.Longest))
        {
            cancellationToken.ThrowIfCancellationRequested();
            TokenTask longer = TaskChoice.Create(task.Kind, tokens, options);
            SequenceModel model = Build(longer, variant.Declared, trained);
            int sequences = Math.Min(options.Tests, MostTokens / longer.Tokens);
            long start = Stopwatch.GetTimestamp();
            (EvaluationResult result, SelectionSummary? selection) = Test(
                longer, model, CreateTrainer(model, epochs: 1, batch: 1), sequences);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            yield return new LongerTest(
                tokens, sequences, result.Accuracy, selection?.AnswersSelected, seconds / sequences);
        }
    }

    private Dataset<float> Draw(TokenTask drawn, Part part, int count) =>
        drawn.Draw(count, 3 * (ulong)options.Seed + (ulong)part);

    private enum Part
    {
        Training,
        Validation,
        Test,
    }
}
