using Qama.Numerics.Matrices;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Recall;

/// <summary>What the classifier reads: the question, which is the last token, and the mean of all tokens, [tokens, width] to
/// [1, 2 width]. So the model without attention sees every card too.</summary>
/// <param name="input">Shape of an input sample.</param>
internal sealed class QuestionAndMean(TokenShape input) : SampleModule<float>(input, new TokenShape(1, 2 * input.Width))
{
    private readonly int _stride = Padding.Stride(input.Width);

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch)
    {
        output.Clear();
        Span<float> mean = output.Slice(InputShape.Width, InputShape.Width);
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            for (int d = 0; d < mean.Length; d++)
            {
                mean[d] += input[t * _stride + d] / InputShape.Tokens;
            }
        }

        input.Slice((InputShape.Tokens - 1) * _stride, InputShape.Width).CopyTo(output);
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
    {
        if (inputGradient.IsEmpty)
        {
            return;
        }

        inputGradient.Clear();
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            for (int d = 0; d < InputShape.Width; d++)
            {
                float own = t == InputShape.Tokens - 1 ? outputGradient[d] : 0;
                inputGradient[t * _stride + d] = own + outputGradient[InputShape.Width + d] / InputShape.Tokens;
            }
        }
    }
}
