using Qama.Training.Modules;

namespace Qama.Training;

/// <summary>Samples of one shape with their classes, in memory: one class for a sample, or one for each of several rows of a
/// model's output.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class Dataset<T>
    where T : unmanaged
{
    /// <summary>The label of a row whose output is not asked for.</summary>
    public const int NoLabel = -1;

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

        (Shape, LabelRows, Count) = (shape, 1, labels.Length);
        (_values, _labels) = (values, labels);
    }

    /// <summary>Wraps memory of samples with several labels each; it is not copied.</summary>
    /// <param name="shape">Shape of a sample.</param>
    /// <param name="labelRows">Labels of a sample, at least 1: rows of the model's output.</param>
    /// <param name="values">[count, tokens, width].</param>
    /// <param name="labels">[count, <paramref name="labelRows"/>]: classes, each at least 0, or <see cref="NoLabel"/> for
    /// rows that neither loss nor accuracy counts. Every sample has a row with a class.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there is no sample, a label is below −1, or a sample has
    /// no class.</exception>
    public Dataset(TokenShape shape, int labelRows, ReadOnlyMemory<T> values, ReadOnlyMemory<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labelRows, 1);
        int count = labels.Length / labelRows;
        if (count == 0 || labels.Length % labelRows != 0 || values.Length != (Int128)count * shape.Tokens * shape.Width)
        {
            throw new ArgumentException(
                $"Expected {labelRows} labels and {shape.Tokens} x {shape.Width} values for each sample, and at least one sample, "
                + $"got {labels.Length} labels and {values.Length} values.", nameof(values));
        }

        (Shape, LabelRows, Count) = (shape, labelRows, count);
        (_values, _labels) = (values, labels);
        for (int s = 0; s < count; s++)
        {
            foreach (int label in Labels(s))
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(label, NoLabel, nameof(labels));
            }

            if (LabelledRows(s) == 0)
            {
                throw new ArgumentException($"Sample {s}: expected a row with a label, all are {NoLabel}.", nameof(labels));
            }
        }
    }

    /// <summary>Shape of a sample.</summary>
    public TokenShape Shape { get; }

    /// <summary>Labels of a sample: 1, or rows of the model's output.</summary>
    public int LabelRows { get; }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>The numbers of one sample, [tokens, width].</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Count−1.</exception>
    public ReadOnlySpan<T> Values(int sample)
    {
        int length = Shape.Tokens * Shape.Width;
        return _values.Span.Slice(sample * length, length);
    }

    /// <summary>The class of one sample; of several rows, the first one's label.</summary>
    /// <exception cref="IndexOutOfRangeException">Not in 0..Count−1.</exception>
    public int Label(int sample) => _labels.Span[sample * LabelRows];

    /// <summary>The labels of one sample, [<see cref="LabelRows"/>], <see cref="NoLabel"/> where a row has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Count−1.</exception>
    public ReadOnlySpan<int> Labels(int sample) => _labels.Span.Slice(sample * LabelRows, LabelRows);

    /// <summary>Rows of one sample that have a label.</summary>
    internal int LabelledRows(int sample)
    {
        ReadOnlySpan<int> labels = Labels(sample);
        return labels.Length - labels.Count(NoLabel);
    }
}
