using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Storage;

namespace Qama.Training.Tests;

[QuboAttention(Tokens = 4, EmbeddingDim = 6)]
[Heads(2)]
[Coupling(Similarity.Cosine, Normalize = Normalization.Batch)]
public sealed partial class NormalisedAttention;

public sealed class BufferTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Fact]
    public void Running_statistics_are_saved_and_loaded_with_the_parameters()
    {
        Sequential<float> trained = Create(1);
        trained.Allocate(3);
        var random = new Random(3);
        var input = new Activations<float>(3, trained.InputShape);
        var output = new Activations<float>(3, trained.OutputShape);
        for (int sample = 0; sample < 3; sample++)
        {
            input.Set(sample, [.. Enumerable.Range(0, 24).Select(_ => (float)random.NextDouble())]);
        }

        trained.Forward(input, output, new BatchInfo(3, 1, 0));
        NamedParameter<float> mean = Assert.Single(trained.Buffers, b => b.Name == "attention.CouplingNorm.RunningMean");
        Assert.NotEqual(0, mean.Parameter.Value[0]);

        ParameterStorage.Save(_path, trained.State);
        Sequential<float> loaded = Create(2);
        ParameterStorage.Load(_path, loaded.State);
        Assert.All(trained.State.Zip(loaded.State), pair => Assert.Equal(pair.First.Parameter.Value.ToArray(), pair.Second.Parameter.Value.ToArray()));
    }

    public void Dispose() => File.Delete(_path);

    private static Sequential<float> Create(long seed) =>
        new(("attention", new Residual<float>(new QuboAttentionModule<float>(new NormalisedAttention(seed), new SimulatedAnnealingSampler()))));
}
