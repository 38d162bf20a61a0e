using Qama.Layers;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.LongTasks;

/// <summary>The classifier whose weights are an embedding's table: a logit is the dot product of a row with an id's
/// vector. The table is the embedding's parameter; gradients add up in it.</summary>
/// <param name="input">Shape of an input sample.</param>
/// <param name="table">[ids, width].</param>
internal sealed class SharedLogits(TokenShape input, Parameter<float> table)
    : SampleModule<float>(input, input with { Width = table.Shape[0] })
{
    private const int IdsPerPart = 256;

    private readonly int _ids = table.Shape[0];
    private readonly int _stride = Padding.Stride(input.Width);
    private readonly int _idStride = Padding.Stride(table.Shape[0]);
    private readonly float[] _padded = new float[table.Shape[0] * Padding.Stride(input.Width)];
    private readonly float[] _transposed = new float[input.Width * Padding.Stride(table.Shape[0])];
    private readonly float[] _products = new float[table.Shape[0] * Padding.Stride(input.Width)];

    /// <inheritdoc/>
    protected override int GradientParts => (_ids + IdsPerPart - 1) / IdsPerPart;

    /// <inheritdoc/>
    protected override void BeginForward()
    {
        Padding.Copy<float>(table.Value, InputShape.Width, _padded, _stride, _ids, InputShape.Width);
        Padding.Transpose<float>(table.Value, InputShape.Width, _transposed, _idStride, _ids, InputShape.Width);
    }

    /// <inheritdoc/>
    protected override void ForwardSample(
        int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch) =>
        MatrixProduct.Multiply(
            input, _stride, 1, _transposed, _idStride, output, _idStride, InputShape.Tokens, InputShape.Width,
            _idStride);

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient,
        Span<float> scratch)
    {
        if (!inputGradient.IsEmpty)
        {
            MatrixProduct.Multiply(
                outputGradient, _idStride, 1, _padded, _stride, inputGradient, _stride, InputShape.Tokens, _ids,
                _stride);
        }
    }

    /// <inheritdoc/>
    protected override void AddParameterGradients(int part, Activations<float> input, Activations<float> outputGradient)
    {
        int first = part * IdsPerPart;
        int ids = Math.Min(IdsPerPart, _ids - first);
        Span<float> products = _products.AsSpan(first * _stride, ids * _stride);
        MatrixProduct.Multiply(
            outputGradient.Values.AsSpan(first), 1, _idStride, input.Values, _stride, products, _stride, ids,
            Count * InputShape.Tokens, _stride);
        for (int id = 0; id < ids; id++)
        {
            Rows.AddScaled(
                1f, products.Slice(id * _stride, InputShape.Width),
                table.Gradient.Slice((first + id) * InputShape.Width, InputShape.Width));
        }
    }
}
