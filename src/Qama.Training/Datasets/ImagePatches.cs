using Qama.Training.Modules;

namespace Qama.Training.Datasets;

/// <summary>Makes tokens of images: square patches, row by row, a patch's pixels row by row, a pixel's channels one after another. Bytes
/// become 0 to 1, and every channel is standardised by its mean and deviation over the training images.</summary>
public sealed class ImagePatches
{
    private readonly (int Width, int Height, int Channels) _image;
    private readonly float[] _mean;
    private readonly float[] _deviation;

    private ImagePatches(ImageSet training, int side, float[] mean, float[] deviation)
    {
        _image = (training.Width, training.Height, training.Channels);
        Side = side;
        (_mean, _deviation) = (mean, deviation);
    }

    /// <summary>Side of a patch in pixels.</summary>
    public int Side { get; }

    /// <summary>Patches in a row.</summary>
    public int Columns => _image.Width / Side;

    /// <summary>Patches of an image, and the numbers of each.</summary>
    public TokenShape Shape => new(Columns * (_image.Height / Side), Side * Side * _image.Channels);

    /// <summary>Mean of each channel over the training images, pixels from 0 to 1.</summary>
    public IReadOnlyList<float> Mean => _mean;

    /// <summary>Standard deviation of each channel; 1 where all pixels are the same.</summary>
    public IReadOnlyList<float> Deviation => _deviation;

    /// <summary>Patches of images like these, standardised as they are.</summary>
    /// <param name="training">The images that are trained on.</param>
    /// <param name="side">Side of a patch in pixels: it divides width and height.</param>
    /// <exception cref="ArgumentException">The side does not divide both.</exception>
    public static ImagePatches Of(ImageSet training, int side)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (training.Width % side != 0 || training.Height % side != 0)
        {
            throw new ArgumentException(
                $"Expected a patch whose side divides {training.Width} x {training.Height} pixels, got {side}.", nameof(side));
        }

        int channels = training.Channels;
        (var sums, var squares) = (new long[channels], new long[channels]);
        for (int image = 0; image < training.Labels.Count; image++)
        {
            ReadOnlySpan<byte> pixels = training.Pixels(image);
            for (int i = 0; i < pixels.Length; i += channels)
            {
                for (int c = 0; c < channels; c++)
                {
                    int value = pixels[i + c];
                    sums[c] += value;
                    squares[c] += value * value;
                }
            }
        }

        double count = (double)training.Labels.Count * training.Width * training.Height;
        (var mean, var deviation) = (new float[channels], new float[channels]);
        for (int c = 0; c < channels; c++)
        {
            double average = sums[c] / count, variance = squares[c] / count - average * average;
            mean[c] = (float)(average / byte.MaxValue);
            deviation[c] = variance > 0 ? (float)(Math.Sqrt(variance) / byte.MaxValue) : 1;
        }

        return new ImagePatches(training, side, mean, deviation);
    }

    /// <summary>Images as samples, [<paramref name="tokens"/>, side · side · channels].</summary>
    /// <param name="images">Images of the training images' size.</param>
    /// <param name="tokens">Tokens of a sample, at least as many as there are patches; those behind are zeros (which
    /// <see cref="Layers.PresentTokens{T}.First"/> keeps a model from seeing). Null for as many as there are patches.</param>
    /// <exception cref="ArgumentException">The images have another size, or there are fewer tokens than patches.</exception>
    public Dataset<float> ToDataset(ImageSet images, int? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        if ((images.Width, images.Height, images.Channels) != _image)
        {
            throw new ArgumentException(
                $"Expected images of {_image.Width} x {_image.Height} pixels and {_image.Channels} channels, got {images.Width} x "
                    + $"{images.Height} and {images.Channels}.",
                nameof(images));
        }

        TokenShape shape = Shape with { Tokens = tokens ?? Shape.Tokens };
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Tokens, Shape.Tokens, nameof(tokens));
        int length = checked(shape.Tokens * shape.Width);
        var values = new float[checked(images.Labels.Count * length)];
        for (int image = 0; image < images.Labels.Count; image++)
        {
            Write(images.Pixels(image), values.AsSpan(image * length, length));
        }

        return new Dataset<float>(shape, values, images.Labels.ToArray());
    }

    private void Write(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        int next = 0;
        for (int patch = 0; patch < Shape.Tokens; patch++)
        {
            int top = patch / Columns * Side, left = patch % Columns * Side;
            for (int row = top; row < top + Side; row++)
            {
                int from = (row * _image.Width + left) * _image.Channels;
                for (int i = 0; i < Side * _image.Channels; i++)
                {
                    int channel = i % _image.Channels;
                    values[next++] = (pixels[from + i] / (float)byte.MaxValue - _mean[channel]) / _deviation[channel];
                }
            }
        }
    }
}
