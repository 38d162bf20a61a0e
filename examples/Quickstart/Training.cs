using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Examples.Quickstart;

/// <summary>Trains the layer to find the one token that is marked and to tell its class.</summary>
internal static class Training
{
    private const int Classes = 4;
    private static readonly TokenShape Shape = new(FindMarked.Tokens, FindMarked.EmbeddingDim);

    public static void Run()
    {
        var attention = new QuboAttentionModule<float>(new FindMarked(seed: 1), new SimulatedAnnealingSampler { Sweeps = 30 });
        var model = new Sequential<float>(
            ("Attention", attention),
            ("Pool", new MeanPooling<float>(Shape)),
            ("Head", new Linear<float>(Shape with { Tokens = 1 }, Classes, seed: 2)));
        Fit("with attention", model);

        var baseline = new Sequential<float>(
            ("Pool", new MeanPooling<float>(Shape)),
            ("Head", new Linear<float>(Shape with { Tokens = 1 }, Classes, seed: 2)));
        Fit("without", baseline);
    }

    private static void Fit(string name, Module<float> model)
    {
        var trainer = new Trainer<float>(model, new TrainerOptions
        {
            Epochs = 20,
            BatchSize = 32,
            LearningRate = LearningRate.Cosine(0.01),
            MaxGradientNorm = 1,
            Seed = 1,
        });
        trainer.Progress = p =>
        {
            if (p.Batch == p.Batches && p.Epoch % 5 == 0)
            {
                Console.WriteLine($"{name}: epoch {p.Epoch}, loss {p.Loss:0.000}");
            }
        };
        trainer.Fit(Samples(2000, seed: 1));
        Console.WriteLine($"{name}: test accuracy {trainer.Evaluate(Samples(500, seed: 2)).Accuracy:0.0 %}");
    }

    // Every token has a class, features 0 to 3; feature 4 marks one token, whose class is the label; the others are noise.
    private static Dataset<float> Samples(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count * Shape.Tokens * Shape.Width];
        var labels = new int[count];
        for (int s = 0; s < count; s++)
        {
            int marked = random.Next(Shape.Tokens);
            for (int t = 0; t < Shape.Tokens; t++)
            {
                Span<float> token = values.AsSpan((s * Shape.Tokens + t) * Shape.Width, Shape.Width);
                int kind = random.Next(Classes);
                token[kind] = 1;
                for (int noise = Classes + 1; noise < Shape.Width; noise++)
                {
                    token[noise] = random.NextSingle() - 0.5f;
                }

                if (t == marked)
                {
                    token[Classes] = 1;
                    labels[s] = kind;
                }
            }
        }

        return new Dataset<float>(Shape, values, labels);
    }
}
