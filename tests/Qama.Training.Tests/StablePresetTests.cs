using Qama.Layers;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Tests;

[QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2Stable)]
[Heads(2)]
public sealed partial class StableLayer;

[QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2)]
[Heads(2)]
public sealed partial class PublishedLayer;

/// <summary>What <see cref="Preset.QamaV2Stable"/> is for: outputs of a scale that neither inputs nor parameters set.</summary>
public class StablePresetTests
{
    private const int Batch = 16;

    [Fact]
    public void A_residual_block_begins_as_the_identity_and_its_scale_is_what_learns_first()
    {
        var layer = new StableLayer(1);
        var block = new Residual<float>(new QuboAttentionModule<float>(layer, new SimulatedAnnealingSampler()));
        block.Allocate(Batch);
        Activations<float> input = Inputs(1), output = Blank();
        block.Forward(input, output, new BatchInfo(Batch, 1, 0));
        Assert.Equal(Values(input), Values(output));

        block.Backward(input, Inputs(2), Blank());
        Assert.Contains(layer.Parameters["OutputNorm.Weight"].Gradient.ToArray(), g => g != 0);
        Assert.All(layer.Parameters["QueryProjection"].Gradient.ToArray(), g => Assert.Equal(0, g));
    }

    /// <summary>Projections that grow tenfold make energies grow a hundredfold: the published output follows, the stable one
    /// keeps its scale.</summary>
    [Fact]
    public void Growing_projections_do_not_make_outputs_grow()
    {
        Assert.InRange(Growth(new StableLayer(1)), 0.5, 2);
        Assert.True(Growth(new PublishedLayer(1)) > 20);
    }

    private static double Growth(QuboAttentionLayer<float> layer)
    {
        if (layer.Model.NormalizesOutput)
        {
            layer.Parameters["OutputNorm.Weight"].Value.Fill(1);
        }

        double before = Spread(layer);
        foreach (string name in new[] { "QueryProjection", "KeyProjection" })
        {
            foreach (ref float weight in layer.Parameters[name].Value)
            {
                weight *= 10;
            }
        }

        return Spread(layer) / before;
    }

    private static double Spread(QuboAttentionLayer<float> layer)
    {
        var module = new QuboAttentionModule<float>(layer, new SimulatedAnnealingSampler());
        module.Allocate(Batch);
        Activations<float> output = Blank();
        module.Forward(Inputs(1), output, new BatchInfo(Batch, 1, 0));
        return Math.Sqrt(Values(output).Average(v => (double)v * v));
    }

    private static Activations<float> Blank() => new(Batch, new TokenShape(6, 8));

    private static Activations<float> Inputs(int seed)
    {
        var random = new Random(seed);
        Activations<float> input = Blank();
        for (int sample = 0; sample < Batch; sample++)
        {
            input.Set(sample, [.. Enumerable.Range(0, 48).Select(_ => (float)(2 * random.NextDouble() - 1))]);
        }

        return input;
    }

    private static float[] Values(Activations<float> activations) =>
        [.. Enumerable.Range(0, Batch * 6).SelectMany(row => activations.Row(row / 6, row % 6).ToArray())];
}
