using System.Text.Json;
using Qama.Benchmarks.Steps;
using Qama.Cluster.Training;
using Qama.Training;

namespace Qama.Benchmarks.Cluster;

/// <summary>The MNIST model's training on images of its shape.</summary>
internal sealed class MnistTask : ITrainingTask
{
    private const int Sweeps = 20;
    private const int Batch = 128;
    private const int Steps = 8;

    public string Name => "mnist-step";

    public TrainingSetup Create(JsonElement arguments, int threads) => new()
    {
        Model = MnistModel.Create(MnistModel.Qama(Sweeps, threads)),
        Options = new TrainerOptions
        {
            Epochs = arguments.GetProperty("epochs").GetInt32(), BatchSize = Batch, Shards = arguments.GetProperty("shards").GetInt32(),
        },
        Data = MnistModel.Images(Batch * Steps),
    };
}
