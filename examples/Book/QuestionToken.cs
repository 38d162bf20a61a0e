using Qama.Numerics.Matrices;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Book;

/// <summary>What the classifier reads: the question's token, [tokens, width] to [1, width].</summary>
internal sealed class QuestionToken(TokenShape input) : SampleModule<float>(input, new TokenShape(1, input.Width))
{
    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch)
    {
        output.Clear();
        input[..InputShape.Width].CopyTo(output);
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
    {
        if (!inputGradient.IsEmpty)
        {
            inputGradient.Clear();
            outputGradient[..InputShape.Width].CopyTo(inputGradient);
        }
    }
}
