namespace Qama.Training.Datasets;

/// <summary>Images of one size with their classes.</summary>
public sealed class ImageSet : ILabelledSamples<ImageSet>
{
    private readonly byte[] _pixels;
    private readonly int[] _labels;

    /// <summary>Wraps memory; it is not copied.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="channels">Numbers of a pixel: 1 for grey, 3 for red, green and blue.</param>
    /// <param name="pixels">[images, height, width, channels], 0 to 255.</param>
    /// <param name="labels">[images], indices of <paramref name="classNames"/>; at least one image.</param>
    /// <param name="classNames">Names of the classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">The lengths do not fit, there is no image, or a label is no class.</exception>
    public ImageSet(int width, int height, int channels, byte[] pixels, int[] labels, IReadOnlyList<string> classNames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (labels.Length == 0 || pixels.Length != (Int128)labels.Length * width * height * channels)
        {
            throw new ArgumentException(
                $"Expected at least one label and {labels.Length} x {height} x {width} x {channels} numbers, got {pixels.Length}.",
                    nameof(pixels));
        }

        foreach (int label in labels)
        {
            if (label < 0 || label >= classNames.Count)
            {
                throw new ArgumentException($"Expected labels in 0..{classNames.Count - 1}, got {label}.", nameof(labels));
            }
        }

        (Width, Height, Channels, ClassNames) = (width, height, channels, classNames);
        (_pixels, _labels) = (pixels, labels);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Numbers of a pixel.</summary>
    public int Channels { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels => _labels;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The pixels of one image, [height, width, channels].</summary>
    /// <param name="image">The image.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Pixels(int image)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(image);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(image, _labels.Length);
        int length = Width * Height * Channels;
        return _pixels.AsSpan(image * length, length);
    }

    /// <inheritdoc/>
    public ImageSet Pick(IReadOnlyList<int> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        int length = Width * Height * Channels;
        var pixels = new byte[samples.Count * length];
        for (int i = 0; i < samples.Count; i++)
        {
            Pixels(samples[i]).CopyTo(pixels.AsSpan(i * length));
        }

        return new(Width, Height, Channels, pixels, [.. samples.Select(s => _labels[s])], ClassNames);
    }
}
