using System.Globalization;
using System.IO.Compression;
using Qama.Training;
using Qama.Training.Modules;

namespace Qama.Benchmarks.Settings;

/// <summary>The UCI digits, 8x8 pixels, enlarged (bilinear) to so many patches of 4x4 pixels a side.</summary>
internal static class EnlargedDigits
{
    public const int Classes = 10;
    private const int Side = 8;
    private const int Patch = 4;

    private static readonly (float[] Pixels, int Label)[] _images = Load();

    public static int Count => _images.Length;

    public static TokenShape Shape(int patchesPerSide) => new(patchesPerSide * patchesPerSide, Patch * Patch);

    /// <summary>Some of the images as tokens.</summary>
    public static Dataset<float> Select(int patchesPerSide, IReadOnlyList<int> images)
    {
        TokenShape shape = Shape(patchesPerSide);
        var values = new float[images.Count * shape.Tokens * shape.Width];
        int next = 0;
        foreach (int image in images)
        {
            for (int token = 0; token < shape.Tokens; token++)
            {
                for (int i = 0; i < shape.Width; i++)
                {
                    values[next++] = Pixel(
                        _images[image].Pixels, patchesPerSide * Patch,
                        (token / patchesPerSide * Patch) + (i / Patch), (token % patchesPerSide * Patch) + (i % Patch));
                }
            }
        }

        return new(shape, values, images.Select(i => _images[i].Label).ToArray());
    }

    private static float Pixel(float[] pixels, int side, int row, int column)
    {
        (int top, float down) = Place(row, side);
        (int left, float right) = Place(column, side);
        return ((1 - down) * Between(top)) + (down * Between(top + 1));

        float Between(int line) =>
            ((1 - right) * pixels[(line * Side) + left]) + (right * pixels[(line * Side) + left + 1]);
    }

    // The pixel before a place of the enlarged image, and how far behind it the place is.
    private static (int Before, float Behind) Place(int at, int side)
    {
        float place = Math.Clamp(((at + 0.5f) * Side / side) - 0.5f, 0, Side - 1);
        int before = Math.Min((int)place, Side - 2);
        return (before, place - before);
    }

    private static (float[] Pixels, int Label)[] Load()
    {
        using Stream packed = typeof(EnlargedDigits).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        List<(float[], int)> images = [];
        while (reader.ReadLine() is { } line)
        {
            int[] numbers = [.. line.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
            images.Add(([.. numbers[..^1].Select(n => n / 16f)], numbers[^1]));
        }

        return [.. images];
    }
}
