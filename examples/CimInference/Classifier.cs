using Qama.Examples.Common;
using Qama.Examples.Digits;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Examples.CimInference;

/// <summary>The digits model, trained with the simulator; its sampler can be exchanged.</summary>
internal sealed class Classifier
{
    private readonly QuboAttentionModule<float> _attention;
    private readonly Module<float> _network;

    private Classifier(QuboAttentionModule<float> attention, Module<float> network) => (_attention, _network) = (attention, network);

    /// <summary>Loads the model of an earlier run, or trains it.</summary>
    public static Classifier LoadOrTrain(string path, DigitImages images, int epochs, CancellationToken stop)
    {
        var attention = new QuboAttentionModule<float>(new DigitAttention(1), new SimulatedAnnealingSampler { Sweeps = 30 });
        Module<float> network = VisionTransformer.Create(attention, 1);
        if (File.Exists(path))
        {
            ParameterStorage.Load(path, network.State);
            Console.WriteLine($"The trained model of {path}.");
        }
        else
        {
            var trainer = new Trainer<float>(network, new TrainerOptions
            {
                Epochs = epochs, BatchSize = 32, LearningRate = LearningRate.Cosine(3e-3, warmUp: 0.1), MaxGradientNorm = 1, Seed = 1,
            });
            TimeSpan time = WorkBar.Fit(trainer, "training", images.Select(images.Split().Training), stop);
            ParameterStorage.Save(path, network.State, null);
            Console.WriteLine($"Trained in {time.TotalSeconds:0} s, kept in {path}.");
        }

        return new Classifier(attention, network);
    }

    /// <summary>The batch of problems that the layer poses for some images, without solving them.</summary>
    public ProblemBatch Problems(Dataset<float> data)
    {
        var catcher = new Catcher();
        Classify(data, catcher);
        return catcher.Problems!;
    }

    /// <summary>Classes of images with a sampler, and the mean energy of the selections.</summary>
    public (int[] Classes, double MeanEnergy) Classify(Dataset<float> data, ISampler sampler)
    {
        _attention.Sampler = sampler;
        _network.Allocate(data.Count, 0);
        _network.Mode = LayerMode.Evaluation;
        var input = new Activations<float>(data.Count, _network.InputShape);
        var output = new Activations<float>(data.Count, _network.OutputShape);
        for (int s = 0; s < data.Count; s++)
        {
            input.Set(s, data.Values(s));
        }

        _network.Forward(input, output, new BatchInfo(data.Count));
        int[] classes = [.. Enumerable.Range(0, data.Count).Select(s => Largest(output.Row(s, 0)))];
        return (classes, _attention.MeanEnergy);
    }

    private static int Largest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }

    private sealed class Catcher : ISampler
    {
        public ProblemBatch? Problems { get; private set; }

        public string Name => "none";

        public ValueTask SampleAsync(ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            Problems = problems;
            return ValueTask.CompletedTask;
        }
    }
}
