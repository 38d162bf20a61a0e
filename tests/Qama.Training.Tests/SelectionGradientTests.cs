using Qama.Layers;
using Qama.Numerics.Matrices;

namespace Qama.Training.Tests;

[QuboAttention(Tokens = 5, EmbeddingDim = 6)]
[Heads(2)]
[Gradient(GradientKind.Identity)]
public sealed partial class CurvedReadout
{
    [ReadoutTerm(Weight = 0.5)]
    public static Vec Curved(float selected, Vec v, TokenPosition at) => selected * selected * v + selected * at.Index;
}

/// <summary>A readout term's gradient by the selection itself.</summary>
public class SelectionGradientTests
{
    private const int Tokens = 5, Heads = 2, Dim = 3;
    private static readonly int _stride = Padding.Stride(Tokens);

    [Fact]
    public void It_is_the_derivative_of_the_term()
    {
        var layer = new CurvedReadout(1);
        var random = new Random(2);
        float[] selection = Numbers(Heads * _stride), value = Numbers(Heads * Dim * _stride), gradient = Numbers(Tokens * Heads * Dim);
        var found = new float[Heads * _stride];
        Array.Fill(found, 2f);
        float[] couplings = [.. Enumerable.Repeat(1f, Heads * Tokens * _stride)];
        layer.BackwardSelection(Buffers(), gradient, found);
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < Tokens; i++)
            {
                double expected = 0;
                for (int d = 0; d < Dim && i < Tokens - 1; d++)
                {
                    double slope = (2 * selection[(h * _stride) + i] * value[(((h * Dim) + d) * _stride) + i]) + i;
                    expected += 0.5 * slope * gradient[(((i * Heads) + h) * Dim) + d];
                }

                Assert.Equal(expected, found[(h * _stride) + i], 1e-4);
            }
        }

        layer.BackwardReadout(Buffers(), gradient);

        // Replaced, as every readout does: no energy is read.
        Assert.All(couplings, c => Assert.Equal(0, c));

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];

        // The last token is absent.
        SampleBuffers<float> Buffers() => new()
        {
            Selection = selection, Value = value, ValueGradient = new float[value.Length], CouplingsGradient = couplings,
            Scratch = new float[layer.KernelScratch], TokenCount = Tokens - 1,
        };
    }
}
