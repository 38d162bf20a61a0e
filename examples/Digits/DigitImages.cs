using System.Globalization;
using System.IO.Compression;
using Qama.Numerics;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Examples.Digits;

/// <summary>The UCI digits as tokens: 4x4 patches of 2x2 pixels, each seen with the ring of pixels around it.</summary>
internal sealed class DigitImages
{
    public const int Side = 8;
    public const int Classes = 10;
    public const int PatchesPerSide = 4;
    private const int Patch = Side / PatchesPerSide;
    private const int Window = Patch + 2;

    /// <summary>16 tokens of 16 numbers. The windows overlap, as a convolution's do (kernel 4, stride 2, padding 1).</summary>
    public static readonly TokenShape Shape = new(PatchesPerSide * PatchesPerSide, Window * Window);

    private readonly List<byte[]> _pixels;
    private readonly int[] _labels;

    private DigitImages(List<byte[]> pixels, int[] labels)
    {
        _pixels = pixels;
        _labels = labels;
    }

    public int Count => _labels.Length;

    public int Label(int image) => _labels[image];

    /// <summary>The 64 pixels of an image, 0 (paper) to 16 (ink).</summary>
    public ReadOnlySpan<byte> Pixels(int image) => _pixels[image];

    /// <summary>Reads the images that are built into the program.</summary>
    public static DigitImages Load()
    {
        using Stream packed = typeof(DigitImages).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var pixels = new List<byte[]>();
        var labels = new List<int>();
        while (reader.ReadLine() is { } line)
        {
            byte[] numbers = [.. line.Split(',').Select(n => byte.Parse(n, CultureInfo.InvariantCulture))];
            pixels.Add(numbers[..(Side * Side)]);
            labels.Add(numbers[^1]);
        }

        return new DigitImages(pixels, [.. labels]);
    }

    /// <summary>Four fifths for training and one fifth for testing, of every digit alike; always the same.</summary>
    public (int[] Training, int[] Test) Split()
    {
        var random = new RandomStream(20);
        var training = new List<int>();
        var test = new List<int>();
        for (int digit = 0; digit < Classes; digit++)
        {
            int[] images = [.. Enumerable.Range(0, Count).Where(i => _labels[i] == digit)];
            for (int i = images.Length - 1; i > 0; i--)
            {
                int j = random.NextInt32(i + 1);
                (images[i], images[j]) = (images[j], images[i]);
            }

            int cut = images.Length / 5;
            test.AddRange(images[..cut]);
            training.AddRange(images[cut..]);
        }

        return ([.. training], [.. test]);
    }

    /// <summary>Some of the images as a data set.</summary>
    public Dataset<float> Select(IReadOnlyList<int> images)
    {
        var values = new float[images.Count * Shape.Tokens * Shape.Width];
        int next = 0;
        foreach (int image in images)
        {
            for (int token = 0; token < Shape.Tokens; token++)
            {
                int top = token / PatchesPerSide * Patch - 1;
                int left = token % PatchesPerSide * Patch - 1;
                for (int i = 0; i < Shape.Width; i++)
                {
                    int y = top + i / Window;
                    int x = left + i % Window;
                    bool inside = y is >= 0 and < Side && x is >= 0 and < Side;
                    values[next++] = inside ? _pixels[image][y * Side + x] / 16f : 0;
                }
            }
        }

        return new Dataset<float>(Shape, values, images.Select(i => _labels[i]).ToArray());
    }
}
