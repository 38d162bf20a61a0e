using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>A sample's tokens one after another: [tokens, width] to [1, tokens · width].</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <param name="input">Shape of an input sample.</param>
public sealed class TokenConcatenation<T>(TokenShape input)
    : SampleModule<T>(input, new TokenShape(1, input.Tokens * input.Width))
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _stride = Padding.Stride(input.Width);

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch)
    {
        int width = InputShape.Width;
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            input.Slice(t * _stride, width).CopyTo(output[(t * width)..]);
        }

        output[OutputShape.Width..].Clear();
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        if (!inputGradient.IsEmpty)
        {
            Padding.Copy(outputGradient, InputShape.Width, inputGradient, _stride, InputShape.Tokens, InputShape.Width);
        }
    }
}
