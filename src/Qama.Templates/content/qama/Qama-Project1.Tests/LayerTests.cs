using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace QamaProjectNamespace.Tests;

/// <summary>Does the layer do what it was declared for?</summary>
public class LayerTests
{
    /// <summary>Enumeration is the oracle: a declaration of up to 30 variables can be checked like this.</summary>
    [Fact]
    public async Task Annealing_finds_the_selections_of_lowest_energy()
    {
        const int Batch = 8;
        var random = new Random(1);
        var layer = new TokenAttention(seed: 1);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(Batch);
        float[] input = [.. Enumerable.Range(0, Batch * 8 * 8).Select(_ => random.NextSingle() - 0.5f)];
        layer.Forward(input, new float[input.Length], workspace, new SimulatedAnnealingSampler { Sweeps = 200 });

        var best = new SampleSet(Batch, readCount: 1, TokenAttention.VariableCount);
        await new ExactSampler().SampleAsync(workspace.Problems, best, workspace.Key);
        for (int s = 0; s < Batch; s++)
        {
            Assert.Equal(best.Energy(s), workspace.Samples.Energy(s), precision: 3);
            for (int head = 0; head < TokenAttention.HeadCount; head++)
            {
                ReadOnlySpan<byte> selected = workspace.Samples.State(s).Slice(head * TokenAttention.Tokens, TokenAttention.Tokens);
                Assert.InRange(selected.Count((byte)1), 0, 3);
            }
        }
    }

    /// <summary>A few epochs suffice for nine in ten.</summary>
    [Fact]
#if (torch)
    public void The_model_learns()
    {
        using TokenClassifier model = Classifier.Create(seed: 1);
        Assert.InRange(Classifier.Train(model, epochs: 5), 0.9, 1);
    }
#else
    public void The_model_learns() => Assert.InRange(Classifier.Train(Classifier.Create(seed: 1), epochs: 5), 0.9, 1);
#endif
}
