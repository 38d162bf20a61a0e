using System.Text.Json;
using Qama.Layers;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Vision;

/// <summary>The model that a complete run left.</summary>
internal sealed class TrainedModel
{
    private readonly VisionTransformer _model;

    private TrainedModel(RunResult run, VisionTransformer model) => (Run, _model) = (run, model);

    /// <summary>What the training found.</summary>
    public RunResult Run { get; }

    /// <summary>The declared class.</summary>
    public ModelDescriptor Attention => _model.Declared[0].Layer.Model;

    /// <summary>Reads a run's result and the checkpoint beside it.</summary>
    /// <param name="path">The JSON result.</param>
    /// <param name="threads">Threads; 0 for all processors.</param>
    /// <exception cref="InvalidDataException">It is no result, its variant is not declared or has no selections, or the checkpoint is
    /// of another training.</exception>
    public static TrainedModel Load(string path, int threads)
    {
        RunResult run = Read(path);
        Variant variant = Variant.Find(run.Variant) is { Declared: not null } declared
            ? declared
            : throw new InvalidDataException($"'{path}': the variant {run.Variant} is not declared here, or selects nothing.");
        Settings settings = Settings.Of(run, threads);
        var model = new VisionTransformer(variant, run.Seed, new SimulatedAnnealingSampler { Sweeps = run.Sweeps, Threads = threads });
        new Trainer<float>(model.Network, Experiment.Options(settings)).Load(Path.ChangeExtension(path, ".safetensors"));
        model.Network.Mode = LayerMode.Evaluation;
        return new TrainedModel(run, model);
    }

    /// <summary>Classifies images with selections that a sampler finds.</summary>
    /// <returns>The classes, and what the sampler found for the first block.</returns>
    public (int[] Classes, WatchedSampler Found) Classify(Dataset<float> data, ISampler sampler, Action<int>? progress, CancellationToken stop)
    {
        var watched = new WatchedSampler(sampler, stop);
        foreach (QuboAttentionModule<float> module in _model.Declared)
        {
            module.Sampler = module == _model.Declared[0] ? watched : new WatchedSampler(sampler, stop);
        }

        Module<float> network = _model.Network;
        var input = new Activations<float>(network.Capacity, network.InputShape);
        var output = new Activations<float>(network.Capacity, network.OutputShape);
        var classes = new int[data.Count];
        for (int first = 0; first < data.Count; first += network.Capacity)
        {
            int count = Math.Min(network.Capacity, data.Count - first);
            for (int s = 0; s < count; s++)
            {
                input.Set(s, data.Values(first + s));
            }

            network.Forward(input, output, new BatchInfo(count, 0, first));
            for (int s = 0; s < count; s++)
            {
                ReadOnlySpan<float> logits = output.Row(s, 0);
                classes[first + s] = Enumerable.Range(0, logits.Length).MaxBy(c => output.Row(s, 0)[c]);
            }

            progress?.Invoke(first + count);
        }

        return (classes, watched);
    }

    private static RunResult Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), ResultJson.Default.RunResult)
                ?? throw new InvalidDataException($"'{path}' holds no result.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not a result of a training: {e.Message}", e);
        }
    }
}
