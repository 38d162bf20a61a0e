using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>The mean over a sample's tokens, those of <see cref="BatchInfo.TokenCounts"/> where a batch has them: [tokens, width] to
/// [1, width].</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <param name="input">Shape of an input sample.</param>
public sealed class MeanPooling<T>(TokenShape input) : SampleModule<T>(input, input with { Tokens = 1 })
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _stride = Padding.Stride(input.Width);

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch)
    {
        int tokens = TokensOf(sample);
        T share = T.One / T.CreateTruncating(tokens);
        output.Clear();
        for (int t = 0; t < tokens; t++)
        {
            Rows.AddScaled(share, input.Slice(t * _stride, _stride), output);
        }
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        if (inputGradient.IsEmpty)
        {
            return;
        }

        int tokens = TokensOf(sample);
        T share = T.One / T.CreateTruncating(tokens);
        inputGradient.Clear();
        for (int t = 0; t < tokens; t++)
        {
            Rows.AddScaled(share, outputGradient, inputGradient.Slice(t * _stride, _stride));
        }
    }
}
