using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>
/// Scaled dot-product attention of several heads, without parameters (Vaswani et al., arXiv 1706.03762):
/// [tokens, 3 · heads · dim] (queries, keys, values side by side) to [tokens, heads · dim],
/// y_i = Σ_j softmax_j(q_i·k_j / √dim) v_j.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <remarks>Probabilities are kept transposed, Pᵀ[j, i]: the softmax then runs down columns, one query per vector lane.</remarks>
public sealed class AttentionHeads<T> : SampleModule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _heads;
    private readonly int _dim;
    private readonly int _inner;
    private readonly int _tokens;
    private readonly int _inStride;
    private readonly int _outStride;
    private readonly int _tokenStride;
    private readonly T _scale;
    private T[] _probabilities = [];

    /// <summary>Creates the heads.</summary>
    /// <param name="tokens">Tokens per sample.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="dim">Width of a head.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public AttentionHeads(int tokens, int heads, int dim)
        : base(new TokenShape(tokens, 3 * heads * dim), new TokenShape(tokens, heads * dim))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        _heads = heads;
        _dim = dim;
        _inner = heads * dim;
        _tokens = tokens;
        _inStride = Padding.Stride(3 * _inner);
        _outStride = Padding.Stride(_inner);
        _tokenStride = Padding.Stride(tokens);
        _scale = T.One / T.Sqrt(T.CreateTruncating(dim));
    }

    /// <inheritdoc/>
    public override string Description => $"{base.Description}, {_inner / _dim} heads";

    /// <inheritdoc/>
    protected override int ScratchLength => (4 * _inner + 2 * _tokens) * _tokenStride;

    private int HeadLength => _tokens * _tokenStride;

    /// <summary>The probabilities of the last forward pass: how much query <paramref name="i"/> attends to token
    /// <paramref name="j"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public T Probability(int sample, int head, int i, int j)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, Capacity);
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(head, _heads);
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, _tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(j);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(j, _tokens);
        return Head(sample, head)[j * _tokenStride + i];
    }

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        base.AllocateCore();
        _probabilities = new T[checked(Capacity * _heads * HeadLength)];
    }

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch)
    {
        Span<T> queries = scratch[..(_inner * _tokenStride)];
        Span<T> result = scratch.Slice(_inner * _tokenStride, _inner * _tokenStride);
        Padding.Transpose(input, _inStride, queries, _tokenStride, _tokens, _inner);
        for (int h = 0; h < _heads; h++)
        {
            int feature = h * _dim;
            Span<T> p = Head(sample, h);
            MatrixProduct.Multiply(
                input[(_inner + feature)..], _inStride, 1, queries[(feature * _tokenStride)..], _tokenStride,
                p, _tokenStride, _tokens, _dim, _tokenStride);
            ColumnSoftmax.Forward(p, _tokenStride, _scale);
            MatrixProduct.Multiply(
                input[(2 * _inner + feature)..], 1, _inStride, p, _tokenStride,
                result[(feature * _tokenStride)..], _tokenStride, _dim, _tokens, _tokenStride);
        }

        Padding.Transpose<T>(result, _tokenStride, output, _outStride, _inner, _tokens);
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        if (inputGradient.IsEmpty)
        {
            return;
        }

        Span<T> gradient = scratch[..(_inner * _tokenStride)];
        Span<T> result = scratch.Slice(_inner * _tokenStride, 3 * _inner * _tokenStride);
        Span<T> scores = scratch.Slice(4 * _inner * _tokenStride, HeadLength);
        Span<T> turned = scratch.Slice(4 * _inner * _tokenStride + HeadLength, HeadLength);
        Padding.Transpose(outputGradient, _outStride, gradient, _tokenStride, _tokens, _inner);
        for (int h = 0; h < _heads; h++)
        {
            int feature = h * _dim;
            Span<T> p = Head(sample, h);
            Padding.Transpose<T>(p, _tokenStride, turned, _tokenStride, _tokens, _tokens);
            MatrixProduct.Multiply(
                outputGradient[feature..], 1, _outStride, turned, _tokenStride,
                result[((2 * _inner + feature) * _tokenStride)..], _tokenStride, _dim, _tokens, _tokenStride);
            MatrixProduct.Multiply(
                input[(2 * _inner + feature)..], _inStride, 1, gradient[(feature * _tokenStride)..], _tokenStride,
                scores, _tokenStride, _tokens, _dim, _tokenStride);
            ColumnSoftmax.Backward(p, scores, _tokenStride, _scale);
            MatrixProduct.Multiply(
                input[(_inner + feature)..], 1, _inStride, scores, _tokenStride,
                result[(feature * _tokenStride)..], _tokenStride, _dim, _tokens, _tokenStride);
            Padding.Transpose<T>(scores, _tokenStride, turned, _tokenStride, _tokens, _tokens);
            MatrixProduct.Multiply(
                input[feature..], 1, _inStride, turned, _tokenStride,
                result[((_inner + feature) * _tokenStride)..], _tokenStride, _dim, _tokens, _tokenStride);
        }

        Padding.Transpose<T>(result, _tokenStride, inputGradient, _inStride, 3 * _inner, _tokens);
    }

    private Span<T> Head(int sample, int head) =>
        _probabilities.AsSpan((sample * _heads + head) * HeadLength, HeadLength);
}
