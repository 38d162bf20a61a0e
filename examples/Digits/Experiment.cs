using Qama.Examples.Common;
using Qama.Training;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Examples.Digits;

/// <summary>What a run found.</summary>
internal sealed record RunResult(
    string Name, double TestAccuracy, double TrainingAccuracy, double SecondsPerEpoch, int ParameterCount, int VariablesPerSample, double MeanEnergy);

/// <summary>Trains one model and measures it.</summary>
internal static class Experiment
{
    private const int DigitsInPicture = 10;

    public static RunResult Run(AttentionModel model, DigitImages images, Settings settings, CancellationToken stop)
    {
        (int[] training, int[] test) = images.Split();
        Dataset<float> trainingData = images.Select(training);
        var trainer = new Trainer<float>(model.Network, new TrainerOptions
        {
            Epochs = settings.Epochs,
            BatchSize = 32,
            LearningRate = LearningRate.Cosine(3e-3, warmUp: 0.1),
            // The energy readout is a product of two learned quantities: without a limit on its gradient it can run away.
            MaxGradientNorm = 1,
            Seed = settings.Seed,
            Threads = settings.Threads,
        });
        TimeSpan time = WorkBar.Fit(trainer, model.Name, trainingData, stop);

        double energy = 0;
        trainer.BatchEvaluated = count => energy += count * model.MeanEnergy();
        EvaluationResult result = trainer.Evaluate(images.Select(test));
        double meanEnergy = energy / test.Length;
        trainer.BatchEvaluated = null;
        EvaluationResult fit = trainer.Evaluate(trainingData);
        Save(settings.Out, model, trainer, images, test, result);

        return new RunResult(
            model.Name, result.Accuracy, fit.Accuracy, time.TotalSeconds / settings.Epochs,
            model.Network.Parameters.Sum(p => p.Parameter.Length), model.VariablesPerSample, meanEnergy);
    }

    private static void Save(
        string folder, AttentionModel model, Trainer<float> trainer, DigitImages images, int[] test, EvaluationResult result)
    {
        ParameterStorage.Save(
            Path.Combine(folder, $"{model.Name}.safetensors"), model.Network.State,
            new Dictionary<string, string> { ["testAccuracy"] = FormattableString.Invariant($"{result.Accuracy:R}") });

        if (model.Weight is null)
        {
            return;
        }

        // The first test image of every digit.
        int[] shown = [.. test.DistinctBy(images.Label).Take(DigitsInPicture)];
        trainer.Evaluate(images.Select(shown));
        File.WriteAllText(
            Path.Combine(folder, $"attention-{model.Name}.svg"), AttentionPicture.Draw(model, images, shown));
    }
}
