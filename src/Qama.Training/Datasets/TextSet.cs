namespace Qama.Training.Datasets;

/// <summary>Texts, split into words, with their classes.</summary>
public sealed class TextSet : ILabelledSamples<TextSet>
{
    private readonly int[] _labels;

    /// <summary>Wraps memory; it is not copied.</summary>
    /// <param name="texts">The words of each text, at least one text, at least one word each.</param>
    /// <param name="labels">[texts], indices of <paramref name="classNames"/>.</param>
    /// <param name="classNames">Names of the classes.</param>
    /// <exception cref="ArgumentException">The numbers of texts and labels differ, there is no text, a text has no word, or a label is no
    /// class.</exception>
    public TextSet(IReadOnlyList<IReadOnlyList<string>> texts, int[] labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (texts.Count == 0 || labels.Length != texts.Count || texts.Any(t => t.Count == 0))
        {
            throw new ArgumentException(
                $"Expected at least one text of at least one word, and a label for each, got {texts.Count} texts and {labels.Length} "
                    + "labels.", nameof(texts));
        }

        foreach (int label in labels)
        {
            if (label < 0 || label >= classNames.Count)
            {
                throw new ArgumentException($"Expected labels in 0..{classNames.Count - 1}, got {label}.", nameof(labels));
            }
        }

        (Texts, ClassNames, _labels) = (texts, classNames, labels);
    }

    /// <summary>The words of each text.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Texts { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels => _labels;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public TextSet Pick(IReadOnlyList<int> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return new([.. samples.Select(s => Texts[s])], [.. samples.Select(s => _labels[s])], ClassNames);
    }
}
