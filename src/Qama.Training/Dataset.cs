using Qama.Training.Modules;

namespace Qama.Training;

/// <summary>Samples of one shape with their classes, in memory.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class Dataset<T>
    where T : unmanaged
{
    private readonly ReadOnlyMemory<T> _values;
    private readonly ReadOnlyMemory<int> _labels;

    /// <summary>Wraps memory; it is not copied.</summary>
    /// <param name="shape">Shape of a sample.</param>
    /// <param name="values">[count, tokens, width].</param>
    /// <param name="labels">[count], each at least 0.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there is no sample, or a label is negative.</exception>
    public Dataset(TokenShape shape, ReadOnlyMemory<T> values, ReadOnlyMemory<int> labels)
    {
        if (labels.IsEmpty || values.Length != (Int128)labels.Length * shape.Tokens * shape.Width)
        {
            throw new ArgumentException(
                $"Expected at least one label and {labels.Length} x {shape.Tokens} x {shape.Width} values, got {values.Length}.", nameof(values));
        }

        foreach (int label in labels.Span)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(label, nameof(labels));
        }

        Shape = shape;
        _values = values;
        _labels = labels;
    }

    /// <summary>Shape of a sample.</summary>
    public TokenShape Shape { get; }

    /// <summary>Number of samples.</summary>
    public int Count => _labels.Length;

    /// <summary>The numbers of one sample, [tokens, width].</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Count−1.</exception>
    public ReadOnlySpan<T> Values(int sample)
    {
        int length = Shape.Tokens * Shape.Width;
        return _values.Span.Slice(sample * length, length);
    }

    /// <summary>The class of one sample.</summary>
    /// <exception cref="IndexOutOfRangeException">Not in 0..Count−1.</exception>
    public int Label(int sample) => _labels.Span[sample];
}
