using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;

namespace Qama.Tests.Layers;

/// <summary>A batch with fewer samples than threads: what one sample needs is shared out, with the bits of one thread.</summary>
[Collection(Alone.Name)]
public partial class OneSampleTests
{
    public static TheoryData<string> Models => [.. _models.Keys];

    private static readonly Dictionary<string, Func<QuboAttentionLayer<float>>> _models = new()
    {
        [nameof(Normed)] = () => new Normed(3),
        [nameof(FactoredNormed)] = () => new FactoredNormed(3),
        [nameof(Plain)] = () => new Plain(3),
        [nameof(Attending)] = () => new Attending(3),
        [nameof(FactoredAttending)] = () => new FactoredAttending(3),
        [nameof(Entropies)] = () => new Entropies(3),
        [nameof(Terms)] = () => new Terms(3),
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Passes_over_one_sample_have_the_bits_of_one_thread(string model)
    {
        float[] expected = Run(_models[model](), 1);
        Assert.Contains(expected, v => v != 0);
        foreach (int threads in new[] { 2, 9 }) // equal parts or not; more threads than heads
        {
            Assert.Equal(expected, Run(_models[model](), threads));
        }
    }

    private static float[] Run(QuboAttentionLayer<float> layer, int threads)
    {
        var random = new RandomStream(9);
        float[] input = Numbers(layer.Model.Tokens * layer.Model.EmbeddingDim);
        float[] output = new float[layer.Model.Tokens * layer.Model.OutputDim], inputGradient = new float[input.Length];
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, threads);
        layer.Forward(input, output, workspace, new SimulatedAnnealingSampler { Sweeps = 8, Threads = threads });
        layer.Backward(Numbers(output.Length), inputGradient, workspace);
        return
        [
            .. output, .. inputGradient, .. layer.Parameters.SelectMany(p => p.Gradient.ToArray()),
            .. layer.Buffers.SelectMany(b => b.Value.ToArray()),
        ];

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
    }

    [QuboAttention(Tokens = 530, EmbeddingDim = 256, Preset = Preset.QamaV2Stable), Heads(2)]
    private sealed partial class Normed;

    [QuboAttention(Tokens = 530, EmbeddingDim = 256, Preset = Preset.QamaV2), Heads(2)]
    private sealed partial class Plain;

    [QuboAttention(Tokens = 300, EmbeddingDim = 16, Preset = Preset.QamaV2Stable), Heads(2)]
    private sealed partial class FactoredNormed;

    [QuboAttention(Tokens = 270, EmbeddingDim = 64), Heads(4), Field(Importance.ValueProjection)]
    [Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense)]
    [Readout(ReadoutKind.SelectedAttention)]
    private sealed partial class Attending;

    [QuboAttention(Tokens = 300, EmbeddingDim = 64), Heads(4), Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)]
    [Readout(ReadoutKind.SelectedAttention)]
    private sealed partial class FactoredAttending;

    // Couplings of every pair, batch-normed.
    [QuboAttention(Tokens = 250, EmbeddingDim = 12), Heads(3), Coupling(Similarity.JensenShannon, Normalize = Normalization.Batch)]
    [Field(Importance.ValueEntropy), Readout(ReadoutKind.EntropyShare)]
    private sealed partial class Entropies;

    // Heads share what these terms learn.
    [QuboAttention(Tokens = 250, EmbeddingDim = 12), Heads(3)]
    private sealed partial class Terms
    {
        [CouplingTerm(Weight = 0.5)]
        public static float Affinity(Vec q, Vec k, TokenPair pair, [Learnable(0.1)] float slope) =>
            Vec.Dot(q, k) - slope * MathF.Log(1f + pair.Distance);

        [ReadoutTerm(Weight = 0.5)]
        public static Vec Pooled(float selected, float energy, Vec v, [Learnable(1)] float scale) =>
            selected * v + scale * energy * v;
    }
}
