using System.Text.Json;
using Qama.Cluster.Training;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Cluster.Tests.Training;

/// <summary>Attention with batch normalisation: running statistics, and random selections.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 8)]
[Heads(2)]
[Coupling(Similarity.Cosine, Normalize = Normalization.Batch)]
public sealed partial class ToyAttention;

/// <summary>The tests' training; worker programs load it from this assembly.</summary>
/// <param name="difference">What this process has otherwise than others, or null.</param>
public sealed class ToyTask(string? difference) : ITrainingTask
{
    private static readonly TokenShape _shape = new(4, 4);
    private static readonly TokenShape _tokens = new(4, 8);

    public ToyTask()
        : this(null)
    {
    }

    public string Name => difference == "name" ? "other" : "toy";

    /// <summary>Arguments of a run.</summary>
    /// <param name="shards">Shards of a batch.</param>
    /// <param name="epochs">Epochs.</param>
    /// <param name="delay">Milliseconds that a pass over a shard takes longer.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="perToken">Whether every token has a label, or none, instead of every sample.</param>
    public static string Arguments(int shards, int epochs = 2, int delay = 0, double rate = 1e-3, bool perToken = false) =>
        JsonSerializer.Serialize(new { shards, epochs, delay, rate, perToken });

    public TrainingSetup Create(JsonElement arguments, int threads)
    {
        if (difference == "failure")
        {
            throw new InvalidOperationException("The data are not here.");
        }

        int delay = arguments.GetProperty("delay").GetInt32();
        bool perToken = arguments.GetProperty("perToken").GetBoolean();
        var annealer = new SimulatedAnnealingSampler { Sweeps = 5, Threads = threads };
        return new TrainingSetup
        {
            Model = new Sequential<float>(
            [
                ("In", new Linear<float>(_shape, 8, seed: 1)),
                ("Attention", new Residual<float>(new QuboAttentionModule<float>(new ToyAttention(seed: difference == "model" ? 4 : 2), new SlowSampler(annealer, delay)))),
                .. perToken ? [] : new (string, Module<float>)[] { ("Pool", new MeanPooling<float>(_tokens)) },
                ("Out", new Linear<float>(new TokenShape(perToken ? 4 : 1, 8), 3, seed: 3)),
            ]),
            Options = new TrainerOptions
            {
                Epochs = arguments.GetProperty("epochs").GetInt32(), BatchSize = 16, Shards = arguments.GetProperty("shards").GetInt32(),
                Seed = difference == "seed" ? 8 : 7, LearningRate = LearningRate.Constant(arguments.GetProperty("rate").GetDouble()),
                MaxGradientNorm = 0.5, LabelSmoothing = 0.1, Adam = new AdamOptions { WeightDecay = 0.01 },
            },
            Data = Data(75, 1, difference == "data" ? 1e-6f : 0, perToken),
            Evaluated = new Dictionary<string, Dataset<float>> { ["test"] = Data(40, 2, 0, perToken), ["few"] = Data(3, 3, 0, perToken) },
        };
    }

    private static Dataset<float> Data(int samples, ulong seed, float more, bool perToken)
    {
        var random = new RandomStream(seed);
        var values = new float[samples * 16];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        values[^1] += more;
        // Of a sample's four tokens one to four have a label.
        return perToken
            ? new Dataset<float>(_shape, 4, values, Enumerable.Range(0, 4 * samples).Select(i => i % 4 > i / 4 % 4 ? -1 : i * i % 3).ToArray())
            : new Dataset<float>(_shape, values, Enumerable.Range(0, samples).Select(i => i * i % 3).ToArray());
    }

    private sealed class SlowSampler(ISampler inner, int delay) : ISampler
    {
        public string Name => inner.Name;

        public async ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            if (delay > 0)
            {
                await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
            }

            await inner.SampleAsync(problems, result, key, cancellationToken).ConfigureAwait(false);
        }
    }
}
