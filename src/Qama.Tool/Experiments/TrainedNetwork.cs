using Qama.Layers;
using Qama.Sampling;
using Qama.Tool.Data;
using Qama.Tool.Inspecting;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Tool.Experiments;

/// <summary>The network that a finished run left.</summary>
internal sealed class TrainedNetwork
{
    private readonly AttentionNetwork _network;

    private TrainedNetwork(RunRecord run, AttentionNetwork network) => (Run, _network) = (run, network);

    /// <summary>What the training found.</summary>
    public RunRecord Run { get; }

    /// <summary>The declared layers' model; null for baselines.</summary>
    public ModelDescriptor? Model => _network.Declared.FirstOrDefault()?.Layer.Model;

    /// <summary>Builds the network and takes the checkpoint's numbers.</summary>
    /// <param name="run">The run.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The declared model.</param>
    /// <param name="data">The data that were trained on.</param>
    /// <param name="threads">Threads; 0 for all processors.</param>
    /// <exception cref="IOException">The checkpoint cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or the declaration has changed since.</exception>
    public static TrainedNetwork Load(RunRecord run, string checkpoint, RunnableModel model, TaskData data, int threads)
    {
        TrainSettings settings = run.ToSettings(threads);
        var network = new AttentionNetwork(model, data, settings, settings.CreateSampler());
        new Trainer<float>(network.Module, settings.ToOptions()).Load(checkpoint);
        network.Module.Mode = LayerMode.Evaluation;
        return new(run, network);
    }

    /// <summary>Classifies samples.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="sampler">What finds the selections; null for what trained.</param>
    /// <param name="progress">Called with the samples that are done.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">Ended.</exception>
    public Confusion Classify(Dataset<float> data, int classes, ISampler? sampler, Action<int> progress, CancellationToken stop)
    {
        var found = new List<CountingSampler>();
        foreach (QuboAttentionModule<float> layer in _network.Declared)
        {
            found.Add(new CountingSampler(sampler ?? layer.Sampler, stop));
            layer.Sampler = found[^1];
        }

        Module<float> module = _network.Module;
        var input = new Activations<float>(module.Capacity, module.InputShape);
        var output = new Activations<float>(module.Capacity, module.OutputShape);
        var confusion = new Confusion(classes);
        for (int first = 0; first < data.Count; first += module.Capacity)
        {
            stop.ThrowIfCancellationRequested();
            int count = Math.Min(module.Capacity, data.Count - first);
            for (int s = 0; s < count; s++)
            {
                input.Set(s, data.Values(first + s));
            }

            module.Forward(input, output, new BatchInfo(count, 0, first));
            for (int s = 0; s < count; s++)
            {
                confusion.Add(data.Label(first + s), output.Row(s, 0));
            }

            progress(first + count);
        }

        confusion.Problems = found.Sum(f => f.Problems);
        confusion.MeanEnergy = found.Count > 0 ? found[0].Energy / found[0].Problems : null;
        confusion.InfeasibleShare = found.Count > 0 ? found.Sum(f => f.Infeasible) / (double)confusion.Problems : null;
        return confusion;
    }
}
