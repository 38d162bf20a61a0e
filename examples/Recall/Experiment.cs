using Qama.Examples.Common;
using Qama.Examples.Digits;
using Qama.Training;
using Qama.Training.Optimization;

namespace Qama.Examples.Recall;

/// <summary>What a training found.</summary>
/// <param name="Name">The model.</param>
/// <param name="TestAccuracy">Share of test tables answered rightly; the tables are looked at once, after training.</param>
/// <param name="TokensUsed">Share of the tokens that a head looks at; null without attention.</param>
/// <param name="AskedSelected">Share of test tables in which some head selects the card that is asked for; null where heads do
/// not select.</param>
/// <param name="Parameters">Number of trained values.</param>
/// <param name="ProcessorSeconds">Time of the training, of all threads together.</param>
internal sealed record RecallResult(
    string Name, double TestAccuracy, double? TokensUsed, double? AskedSelected, int Parameters, double ProcessorSeconds);

/// <summary>Trains one model and measures it.</summary>
internal static class Experiment
{
    private const int TestTables = 2_000;
    private const int TablesInPicture = 4;

    /// <summary>Trains on tables of the training digits, and measures on other tables with digits that no training saw.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">How to train.</param>
    /// <param name="stop">Ends the training.</param>
    public static RecallResult Run(RecallModel model, Settings settings, CancellationToken stop)
    {
        DigitImages images = DigitImages.Load();
        (int[] training, int[] test) = images.Split();
        var trainer = new Trainer<float>(model.Network, new TrainerOptions
        {
            Epochs = settings.Epochs,
            BatchSize = 32,
            LearningRate = LearningRate.Cosine(3e-3, warmUp: 0.1),
            MaxGradientNorm = 1,
            Seed = settings.Seed,
            Threads = settings.Threads,
        });
        ulong seed = 2 * (ulong)settings.Seed;
        Dataset<float> data = new CardTables(images, training).Draw(settings.Tables, seed);
        TimeSpan start = Environment.CpuUsage.TotalTime;
        WorkBar.Fit(trainer, model.Name, data, stop);
        TimeSpan time = Environment.CpuUsage.TotalTime - start;

        Dataset<float> tables = new CardTables(images, test).Draw(TestTables, seed + 1);
        int seen = 0;
        long selected = 0;
        int found = 0;
        trainer.BatchEvaluated = count =>
        {
            for (int s = 0; s < count && model.Selects; s++)
            {
                int asked = CardTables.Asked(tables.Values(seen + s));
                found += Enumerable.Range(0, RecallModel.Heads).Any(h => model.Weight(s, h, asked) > 0) ? 1 : 0;
                for (int i = 0; i < RecallModel.Heads * CardAttention.Tokens; i++)
                {
                    selected += model.Weight(s, i / CardAttention.Tokens, i % CardAttention.Tokens) > 0 ? 1 : 0;
                }
            }

            seen += count;
        };
        EvaluationResult result = trainer.Evaluate(tables);
        trainer.BatchEvaluated = null;
        if (model.Attends)
        {
            Draw(model, trainer, new CardTables(images, test).Draw(TablesInPicture, seed + 1), settings.Out);
        }

        double all = (double)TestTables * RecallModel.Heads * CardAttention.Tokens;
        return new RecallResult(
            model.Name, result.Accuracy, model.Selects ? selected / all : model.Attends ? 1 : null,
            model.Selects ? found / (double)TestTables : null, model.Network.Parameters.Sum(p => p.Parameter.Length), time.TotalSeconds);
    }

    // The first test tables, whatever they show.
    private static void Draw(RecallModel model, Trainer<float> trainer, Dataset<float> tables, string folder)
    {
        trainer.Evaluate(tables);
        File.WriteAllText(Path.Combine(folder, $"attention-{model.Name}.svg"), SelectionPicture.Draw(model, tables));
    }
}
