using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.LongTasks;

/// <summary>Every token beside the token before it, [tokens, width] to [tokens, 2 width]; zeros before the
/// first.</summary>
/// <param name="input">Shape of an input sample.</param>
internal sealed class PreviousToken(TokenShape input)
    : SampleModule<float>(input, input with { Width = 2 * input.Width })
{
    private readonly int _stride = Padding.Stride(input.Width);
    private readonly int _outStride = Padding.Stride(2 * input.Width);

    /// <inheritdoc/>
    protected override void ForwardSample(
        int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch)
    {
        output.Clear();
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            ReadOnlySpan<float> token = input.Slice(t * _stride, InputShape.Width);
            token.CopyTo(output[(t * _outStride)..]);
            if (t + 1 < InputShape.Tokens)
            {
                token.CopyTo(output[((t + 1) * _outStride + InputShape.Width)..]);
            }
        }
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient,
        Span<float> scratch)
    {
        if (inputGradient.IsEmpty)
        {
            return;
        }

        inputGradient.Clear();
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            Span<float> token = inputGradient.Slice(t * _stride, InputShape.Width);
            outputGradient.Slice(t * _outStride, InputShape.Width).CopyTo(token);
            if (t + 1 < InputShape.Tokens)
            {
                int next = (t + 1) * _outStride + InputShape.Width;
                Rows.AddScaled(1f, outputGradient.Slice(next, InputShape.Width), token);
            }
        }
    }
}
