using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QamaProjectNamespace;

/// <summary>The layer in a small classifier, and its training.</summary>
public static class Classifier
{
    private const int BatchSize = 32;

    /// <summary>A new model, always the same for a seed.</summary>
    public static TokenClassifier Create(long seed)
    {
        manual_seed(seed);
        return new TokenClassifier(seed);
    }

    /// <summary>Trains a model and measures it on samples that it has not seen.</summary>
    /// <param name="model">The model.</param>
    /// <param name="epochs">How often it sees the training data.</param>
    /// <param name="report">Called after each epoch with its number and mean loss.</param>
    /// <returns>Share of test samples that are classified correctly.</returns>
    public static double Train(TokenClassifier model, int epochs, Action<int, double>? report = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var samples = new MarkedTokens(2000, seed: 1);
        using var batches = new DataLoader(samples, BatchSize, shuffle: true, seed: 1);
        using AdamW optimizer = optim.AdamW(model.parameters(), lr: 0.01);
        optim.lr_scheduler.LRScheduler rate = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max: epochs * batches.Count);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            model.train();
            double total = 0;
            foreach (Dictionary<string, Tensor> batch in batches)
            {
                // Disposes every tensor of the step, those of the backward pass too.
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                Tensor loss = nn.functional.cross_entropy(model.call(batch["tokens"]), batch["label"]);
                loss.backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1);
                optimizer.step();
                rate.step();
                total += loss.item<float>();
            }

            report?.Invoke(epoch, total / batches.Count);
        }

        return Measure(model);
    }

    private static double Measure(TokenClassifier model)
    {
        model.eval();
        using IDisposable mode = no_grad();
        using var samples = new MarkedTokens(500, seed: 2);
        using var batches = new DataLoader(samples, BatchSize, shuffle: false);
        long correct = 0;
        foreach (Dictionary<string, Tensor> batch in batches)
        {
            using DisposeScope scope = NewDisposeScope();
            correct += model.call(batch["tokens"]).argmax(1).eq(batch["label"]).sum().item<long>();
        }

        return (double)correct / samples.Count;
    }
}
