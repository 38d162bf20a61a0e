using Qama.Numerics.Matrices;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Language;

/// <summary>
/// Softmax heads that read a limited number of keys, for evaluation: when there are more, the one goes whose attention so far
/// adds up to least, unless it is among the recent half (H2O, arXiv 2306.14048). [tokens, 3 · heads · dim] to [tokens, heads
/// · dim].
/// </summary>
/// <param name="tokens">Tokens of a sample.</param>
/// <param name="heads">Number of heads.</param>
/// <param name="dim">Width of a head.</param>
/// <param name="keys">Keys that a query reads at most, itself included; at least 2.</param>
internal sealed class HeavyHitters(int tokens, int heads, int dim, int keys)
    : SampleModule<float>(new TokenShape(tokens, 3 * heads * dim), new TokenShape(tokens, heads * dim))
{
    private readonly int _inStride = Padding.Stride(3 * heads * dim);
    private readonly int _outStride = Padding.Stride(heads * dim);

    /// <summary>An attention layer whose parameters are softmax attention's.</summary>
    public static Module<float> Layer(TokenShape shape, long seed, int keys)
    {
        var heads = new HeavyHitters(shape.Tokens, LanguageModel.Heads, LanguageModel.Width / LanguageModel.Heads, keys);
        return new Sequential<float>(
            ("Norm", new LayerNormalization<float>(shape)),
            ("Projection", new Linear<float>(shape, heads.InputShape.Width, seed, bias: false)),
            ("Heads", heads));
    }

    /// <inheritdoc/>
    protected override int ScratchLength => 2 * InputShape.Tokens;

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch)
    {
        output.Clear();
        var kept = new List<int>(keys);
        for (int h = 0; h < heads; h++)
        {
            Span<float> sums = scratch[..tokens], shares = scratch[tokens..];
            sums.Clear();
            kept.Clear();
            for (int i = 0; i < tokens; i++)
            {
                if (kept.Count == keys)
                {
                    Evict(kept, sums);
                }

                kept.Add(i);
                Read(h, i, kept, input, output, shares);
                foreach (int j in kept)
                {
                    sums[j] += shares[j];
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch) =>
        throw new NotSupportedException("Keys are evicted in evaluation only.");

    // Kept keys are in rising order: the recent half stands behind the others.
    private void Evict(List<int> kept, ReadOnlySpan<float> sums)
    {
        int least = 0;
        for (int n = 1; n < keys - keys / 2; n++)
        {
            least = sums[kept[n]] < sums[kept[least]] ? n : least;
        }

        kept.RemoveAt(least);
    }

    private void Read(int head, int i, List<int> kept, ReadOnlySpan<float> input, Span<float> output, Span<float> shares)
    {
        int feature = head * dim, inner = heads * dim;
        ReadOnlySpan<float> query = input.Slice(i * _inStride + feature, dim);
        float largest = float.NegativeInfinity, sum = 0;
        foreach (int j in kept)
        {
            ReadOnlySpan<float> key = input.Slice(j * _inStride + inner + feature, dim);
            shares[j] = Qama.Numerics.Vectors.Rows.Dot(query, key) / MathF.Sqrt(dim);
            largest = MathF.Max(largest, shares[j]);
        }

        foreach (int j in kept)
        {
            shares[j] = MathF.Exp(shares[j] - largest);
            sum += shares[j];
        }

        foreach (int j in kept)
        {
            shares[j] /= sum;
            Qama.Numerics.Vectors.Rows.AddScaled(
                shares[j], input.Slice(j * _inStride + 2 * inner + feature, dim), output.Slice(i * _outStride + feature, dim));
        }
    }
}
