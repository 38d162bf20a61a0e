using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace QamaProjectNamespace;

/// <summary>The layer in a small classifier, and its training.</summary>
public static class Classifier
{
    /// <summary>Attention, the mean of the tokens, and a linear classifier.</summary>
    public static Sequential<float> Create(long seed) => new(
        ("Attention", new QuboAttentionModule<float>(
            new TokenAttention(seed), new SimulatedAnnealingSampler { Sweeps = 30 })),    // finds the selections
        ("Pool", new MeanPooling<float>(MarkedTokens.Shape)),
        ("Head", new Linear<float>(MarkedTokens.Shape with { Tokens = 1 }, MarkedTokens.Classes, seed + 1)));

    /// <summary>Trains a model and measures it on samples that it has not seen.</summary>
    /// <param name="model">The model.</param>
    /// <param name="epochs">How often it sees the training data.</param>
    /// <param name="report">Called after each epoch with its number and mean loss.</param>
    /// <returns>Share of test samples that are classified correctly.</returns>
    public static double Train(Module<float> model, int epochs, Action<int, double>? report = null)
    {
        var trainer = new Trainer<float>(model, new TrainerOptions
        {
            Epochs = epochs,
            BatchSize = 32,
            LearningRate = LearningRate.Cosine(0.01),
            MaxGradientNorm = 1,
            Seed = 1,
        })
        {
            Progress = p =>
            {
                if (p.Batch == p.Batches)
                {
                    report?.Invoke(p.Epoch, p.Loss);
                }
            },
        };
        trainer.Fit(MarkedTokens.Create(2000, seed: 1));
        return trainer.Evaluate(MarkedTokens.Create(500, seed: 2)).Accuracy;
    }
}
