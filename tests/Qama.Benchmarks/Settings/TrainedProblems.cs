using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Benchmarks.Settings;

/// <summary>Problems that a layer poses after a short training on digits.</summary>
internal static class TrainedProblems
{
    private const int Images = 8; // whose problems are kept
    private const int NotTrained = 100; // images that they are from

    public static ProblemBatch Create(QuboAttentionLayer<float> layer, int epochs, int seed)
    {
        var keeper = new Keeper(new SimulatedAnnealingSampler { Sweeps = 30, Threads = 1 });
        IEnumerable<int> kept = Enumerable.Range(0, Images).Select(k => (seed + (11 * k)) % NotTrained);
        Solve(layer, epochs, seed, int.MaxValue, keeper, [.. kept]);
        return keeper.Problems!;
    }

    /// <summary>Trains a layer, and gives a sampler the problems of some images that it has not seen.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="epochs">Passes over the training images.</param>
    /// <param name="seed">Of the model and the order of images.</param>
    /// <param name="images">Most images to train on.</param>
    /// <param name="sampler">The sampler.</param>
    /// <param name="kept">The images, counted from the last of all; one batch.</param>
    public static void Solve(QuboAttentionLayer<float> layer, int epochs, int seed, int images, ISampler sampler, params int[][] kept)
    {
        int side = (int)Math.Sqrt(layer.Model.Tokens);
        int[] training = [.. Enumerable.Range(0, Math.Min(images, EnlargedDigits.Count - NotTrained))];
        var annealing = new SimulatedAnnealingSampler { Sweeps = 30, Threads = 1 };
        var attention = new QuboAttentionModule<float>(layer, annealing);
        var trainer = new Trainer<float>(Model(attention, side, seed), new TrainerOptions
        {
            Epochs = epochs, BatchSize = 32, LearningRate = LearningRate.Constant(1e-3), MaxGradientNorm = 1,
            Seed = seed, Threads = 1,
        });
        trainer.Fit(EnlargedDigits.Select(side, training));
        attention.Sampler = sampler;
        foreach (int[] batch in kept)
        {
            EvaluationResult result = trainer.Evaluate(EnlargedDigits.Select(side, [.. batch.Select(i => EnlargedDigits.Count - 1 - i)]));
            Console.WriteLine($"{layer.Model.Name}, seed {seed}, {epochs} epochs: loss {result.Loss:F3} on the images kept");
        }
    }

    private static Sequential<float> Model(Module<float> attention, int side, int seed)
    {
        var tokens = new TokenShape(side * side, attention.InputShape.Width);
        return new(
            ("Embedding", new Linear<float>(EnlargedDigits.Shape(side), tokens.Width, seed)),
            ("Position", PositionalEmbedding<float>.Learned(tokens, seed + 1)),
            ("Attention", new Residual<float>(attention)),
            ("FeedForward", new Residual<float>(new FeedForward<float>(tokens, tokens.Width, seed + 2))),
            ("Norm", new LayerNormalization<float>(tokens)),
            ("Pool", new MeanPooling<float>(tokens)),
            ("Head", new Linear<float>(tokens with { Tokens = 1 }, EnlargedDigits.Classes, seed + 3)));
    }

    /// <summary>Keeps the batch that a layer hands over; the layer is not used any more.</summary>
    private sealed class Keeper(ISampler sampler) : ISampler
    {
        public string Name => sampler.Name;

        public ProblemBatch? Problems { get; private set; }

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            Problems = problems;
            return sampler.SampleAsync(problems, result, key, cancellationToken);
        }
    }
}
