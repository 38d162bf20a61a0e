using System.Globalization;
using System.IO.Compression;
using Qama.Numerics;

namespace Qama.Examples.Vision;

/// <summary>The UCI digits, built into the program: 8x8 pixels, enlarged three times and framed to 28x28. For trying the
/// example without a download; 1,797 images are too few to compare operators.</summary>
internal static class EnlargedDigits
{
    private const int Small = 8;
    private const int Factor = 3;
    private const int Frame = (LabelledImages.Side - Small * Factor) / 2;
    private const int TestImages = 360;
    private const int HeldOut = 180;

    public static ImageData Load()
    {
        using Stream packed = typeof(EnlargedDigits).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var lines = new List<byte[]>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add([.. line.Split(',').Select(n => byte.Parse(n, CultureInfo.InvariantCulture))]);
        }

        var random = new RandomStream(20);
        for (int i = lines.Count - 1; i > 0; i--)
        {
            int j = random.NextInt32(i + 1);
            (lines[i], lines[j]) = (lines[j], lines[i]);
        }

        var all = new LabelledImages([.. lines.SelectMany(Enlarge)], [.. lines.Select(l => l[^1])]);
        return ImageData.HoldOut("digits", all.Slice(TestImages, all.Count - TestImages), HeldOut, all.Slice(0, TestImages));
    }

    private static byte[] Enlarge(byte[] digit)
    {
        var pixels = new byte[LabelledImages.PixelCount];
        for (int y = 0; y < Small * Factor; y++)
        {
            for (int x = 0; x < Small * Factor; x++)
            {
                pixels[(y + Frame) * LabelledImages.Side + x + Frame] =
                    (byte)(digit[y / Factor * Small + x / Factor] * 255 / 16);
            }
        }

        return pixels;
    }
}
