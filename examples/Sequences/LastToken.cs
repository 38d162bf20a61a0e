using Qama.Numerics.Matrices;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Sequences;

/// <summary>A sample's last token, which asks the question: [tokens, width] to [1, width].</summary>
/// <param name="input">Shape of an input sample.</param>
internal sealed class LastToken(TokenShape input) : SampleModule<float>(input, input with { Tokens = 1 })
{
    private readonly int _stride = Padding.Stride(input.Width);

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch) =>
        input[((InputShape.Tokens - 1) * _stride)..].CopyTo(output);

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
    {
        if (!inputGradient.IsEmpty)
        {
            inputGradient.Clear();
            outputGradient.CopyTo(inputGradient[((InputShape.Tokens - 1) * _stride)..]);
        }
    }
}
