using System.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Training.Layers;

/// <summary>
/// Softmax attention of one head, some queries at a time: a strip of scores has a row for every key and a column for each of these
/// queries, so that the softmax runs down columns, one query per lane. One thread's memory.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="tokens">Tokens N.</param>
/// <param name="dim">Width of the head.</param>
/// <param name="scale">What scores are multiplied by.</param>
/// <param name="view">The keys that queries see.</param>
internal sealed class SoftmaxStrips<T>(int tokens, int dim, T scale, KeyView view)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Queries of a strip: four registers, a tile of a product.</summary>
    private const int Width = 64;

    private readonly int _stride = Padding.Stride(dim);

    // Rows of the head alone, [tokens, stride]: products read them one after another.
    private readonly T[] _queries = Rows(tokens, dim);
    private readonly T[] _keys = Rows(tokens, dim);
    private readonly T[] _values = Rows(tokens, dim);
    private readonly T[] _outputs = Rows(tokens, dim);
    private readonly T[] _keysGradient = Rows(tokens, dim);
    private readonly T[] _valuesGradient = Rows(tokens, dim);
    private readonly T[] _turned = new T[dim * Width];
    private readonly T[] _scores = new T[checked(tokens * StripWidth(tokens))];
    private readonly T[] _gradient = new T[tokens * StripWidth(tokens)];
    private int _present;

    /// <summary>How many probabilities of a head the backward pass takes from the forward pass instead of computing them again: all
    /// where one strip has every query, else none.</summary>
    public static int KeptLength(int tokens) => tokens <= Width ? tokens * StripWidth(tokens) : 0;

    /// <summary>Takes the head's rows from where all heads' stand side by side.</summary>
    /// <param name="queries">From the head's first number of the first row on.</param>
    /// <param name="keys">Likewise.</param>
    /// <param name="values">Likewise.</param>
    /// <param name="stride">Distance between rows.</param>
    /// <param name="present">Tokens that are present, the first: no query sees the others, and they get outputs of zero.</param>
    public void Load(ReadOnlySpan<T> queries, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, int stride, int present)
    {
        _present = present;
        Padding.Copy(queries, stride, _queries, _stride, tokens, dim);
        Padding.Copy(keys, stride, _keys, _stride, tokens, dim);
        Padding.Copy(values, stride, _values, _stride, tokens, dim);
    }

    /// <summary>The head's outputs.</summary>
    /// <param name="largest">Receives the largest score of each query, unscaled, [padded tokens].</param>
    /// <param name="inverse">Receives 1 / Σ_j exp(scaled score − largest) of each query.</param>
    /// <param name="kept">Receives the probabilities, [<see cref="KeptLength"/>].</param>
    /// <param name="output">From the head's first number of the first row on; other heads' are left alone.</param>
    /// <param name="stride">Distance between its rows.</param>
    public void Forward(Span<T> largest, Span<T> inverse, Span<T> kept, Span<T> output, int stride)
    {
        for (int first = 0; first < _present; first += Width)
        {
            int count = Math.Min(Width, _present - first), width = Padding.Stride(count);
            (int low, int seen) = view.Keys(first, count, _present);
            Span<T> scores = Score(_queries, _keys, first, count, low, seen, kept.IsEmpty ? _scores : kept);
            view.Hide(scores, width, first, count, low, seen);
            ColumnSoftmax.Forward(scores, width, scale, largest.Slice(first, width), inverse.Slice(first, width));
            Weigh(scores, width, _values, first, count, low, seen);
        }

        ClearAbsent();
        Scatter(_outputs, output, stride);
    }

    /// <summary>Gradients of the head's queries, keys and values, from those of its outputs.</summary>
    /// <param name="largest">What the forward pass found.</param>
    /// <param name="inverse">Likewise.</param>
    /// <param name="kept">Likewise.</param>
    /// <param name="outputGradient">From the head's first number of the first row on.</param>
    /// <param name="outputStride">Distance between its rows.</param>
    /// <param name="queries">Receives gradients, as <see cref="Forward"/> does outputs.</param>
    /// <param name="keys">Likewise.</param>
    /// <param name="values">Likewise.</param>
    /// <param name="stride">Distance between their rows.</param>
    public void Backward(
        ReadOnlySpan<T> largest, ReadOnlySpan<T> inverse, ReadOnlySpan<T> kept, ReadOnlySpan<T> outputGradient, int outputStride,
        Span<T> queries, Span<T> keys, Span<T> values, int stride)
    {
        T[] slopes = _outputs; // strips of it become gradients of queries once they are not needed any more
        Padding.Copy(outputGradient, outputStride, slopes, _stride, tokens, dim);
        Array.Clear(_keysGradient);
        Array.Clear(_valuesGradient);
        for (int first = 0; first < _present; first += Width)
        {
            int count = Math.Min(Width, _present - first), width = Padding.Stride(count);
            (int low, int seen) = view.Keys(first, count, _present);
            ReadOnlySpan<T> scores = kept.IsEmpty
                ? Restore(first, count, low, seen, largest.Slice(first, width), inverse.Slice(first, width)) : kept[..(seen * width)];
            Accumulate(scores, width, slopes, first, count, low, seen, _valuesGradient);
            Span<T> gradient = Score(slopes, _values, first, count, low, seen, _gradient);
            ColumnSoftmax.Backward(scores, gradient, width, scale);
            Accumulate(gradient, width, _queries, first, count, low, seen, _keysGradient);
            Weigh(gradient, width, _keys, first, count, low, seen);
        }

        ClearAbsent();
        Scatter(_outputs, queries, stride);
        Scatter(_keysGradient, keys, stride);
        Scatter(_valuesGradient, values, stride);
    }

    private static T[] Rows(int tokens, int dim) => new T[checked(tokens * Padding.Stride(dim))];

    private static int StripWidth(int tokens) => Padding.Stride(Math.Min(tokens, Width));

    // Absent queries have outputs, and gradients, of zero.
    private void ClearAbsent() => _outputs.AsSpan(_present * _stride).Clear();

    private Span<T> Restore(int first, int count, int low, int seen, ReadOnlySpan<T> largest, ReadOnlySpan<T> inverse)
    {
        int width = Padding.Stride(count);
        Span<T> scores = Score(_queries, _keys, first, count, low, seen, _scores);
        view.Hide(scores, width, first, count, low, seen);
        ColumnSoftmax.Restore(scores, width, scale, largest, inverse);
        return scores;
    }

    // strip[j, i] = b_j · a_i for some rows a_i and the rows b_j from low on.
    private Span<T> Score(T[] a, T[] b, int first, int count, int low, int seen, Span<T> memory)
    {
        int width = Padding.Stride(count);
        Padding.Transpose<T>(a.AsSpan(first * _stride), _stride, _turned, width, count, dim);
        Span<T> strip = memory[..(seen * width)];
        MatrixProduct.Multiply<T>(b.AsSpan(low * _stride), _stride, 1, _turned, width, strip, width, seen, dim, width);
        return strip;
    }

    // Rows of outputs: Σ_j strip[j, i] row_j.
    private void Weigh(ReadOnlySpan<T> strip, int width, T[] rows, int first, int count, int low, int seen) => MatrixProduct.Multiply(
        strip, 1, width, rows.AsSpan(low * _stride), _stride, _outputs.AsSpan(first * _stride), _stride, count, seen, _stride);

    // Adds Σ_i strip[j, i] row_i to each row j.
    private void Accumulate(ReadOnlySpan<T> strip, int width, T[] rows, int first, int count, int low, int seen, T[] sums) =>
        MatrixProduct.Multiply(
            strip, width, 1, rows.AsSpan(first * _stride), _stride, sums.AsSpan(low * _stride), _stride, seen, count, _stride,
            accumulate: true);

    private void Scatter(T[] rows, Span<T> destination, int stride)
    {
        for (int t = 0; t < tokens; t++)
        {
            rows.AsSpan(t * _stride, dim).CopyTo(destination[(t * stride)..]);
        }
    }
}
