using Qama.Training.Datasets;
using SkiaSharp;

namespace Qama.Tool.Data;

/// <summary>Images of a data set as PNG.</summary>
internal static class Png
{
    private const int Rgba = 4;

    /// <summary>One image, in base64.</summary>
    public static string Encode(ImageSet images, int image)
    {
        ReadOnlySpan<byte> pixels = images.Pixels(image);
        using var bitmap = new SKBitmap(new SKImageInfo(images.Width, images.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgba = new byte[images.Width * images.Height * Rgba];
        for (int i = 0; i < images.Width * images.Height; i++)
        {
            for (int c = 0; c < Rgba; c++)
            {
                rgba[Rgba * i + c] = c == Rgba - 1 ? byte.MaxValue : pixels[i * images.Channels + Math.Min(c, images.Channels - 1)];
            }
        }

        System.Runtime.InteropServices.Marshal.Copy(rgba, 0, bitmap.GetPixels(), rgba.Length);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return Convert.ToBase64String(data.AsSpan());
    }
}
