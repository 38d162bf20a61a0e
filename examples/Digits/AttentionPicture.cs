using Qama.Examples.Common;

namespace Qama.Examples.Digits;

/// <summary>Draws which patches each head uses: one row per image, the image first, then one map per head.</summary>
internal static class AttentionPicture
{
    private const int Cell = 8;
    private const int Tile = DigitImages.Side * Cell;
    private const int Gap = 12;
    private const int Left = 28;
    private const int Top = 52;

    /// <summary>Reads the weights of the model's last batch, whose samples are the images shown.</summary>
    public static string Draw(AttentionModel model, DigitImages images, IReadOnlyList<int> shown)
    {
        int columns = 1 + VisionTransformer.Heads;
        int width = Left + columns * (Tile + Gap);
        int height = Top + shown.Count * (Tile + Gap);
        var svg = new SvgDrawing(width, height, 12);
        svg.Add($"""<text x="{Left}" y="18" font-size="14">Patches that each head of the {model.Name} model {(model.VariablesPerSample > 0 ? "selected" : "attends to")}</text>""");
        svg.Add($"""<text x="{Left}" y="{Top - 8}">image</text>""");
        for (int h = 0; h < VisionTransformer.Heads; h++)
        {
            svg.Add($"""<text x="{Left + (h + 1) * (Tile + Gap)}" y="{Top - 8}">head {h + 1}</text>""");
        }

        for (int s = 0; s < shown.Count; s++)
        {
            int y = Top + s * (Tile + Gap);
            svg.Add($"""<text x="8" y="{y + Tile / 2}">{images.Label(shown[s])}</text>""");
            DrawImage(svg, images.Pixels(shown[s]), Left, y, 1);
            double[,] weights = Weights(model, s);
            for (int h = 0; h < VisionTransformer.Heads; h++)
            {
                int x = Left + (h + 1) * (Tile + Gap);
                DrawImage(svg, images.Pixels(shown[s]), x, y, 0.35);
                DrawWeights(svg, weights, h, x, y);
            }
        }

        return svg.ToString();
    }

    /// <summary>Selections as they are; attention probabilities in units of the largest.</summary>
    private static double[,] Weights(AttentionModel model, int sample)
    {
        var weights = new double[VisionTransformer.Heads, DigitImages.Shape.Tokens];
        double largest = 0;
        for (int h = 0; h < weights.GetLength(0); h++)
        {
            for (int t = 0; t < weights.GetLength(1); t++)
            {
                largest = Math.Max(largest, weights[h, t] = model.Weight!(sample, h, t));
            }
        }

        for (int i = 0; i < weights.Length && largest > 0; i++)
        {
            weights[i / weights.GetLength(1), i % weights.GetLength(1)] /= largest;
        }

        return weights;
    }

    private static void DrawImage(SvgDrawing svg, ReadOnlySpan<byte> pixels, int x, int y, double opacity)
    {
        svg.Add($"""<rect x="{x}" y="{y}" width="{Tile}" height="{Tile}" fill="#fff" stroke="#999"/>""");
        for (int i = 0; i < pixels.Length; i++)
        {
            if (pixels[i] > 0)
            {
                svg.Add($"""<rect x="{x + i % DigitImages.Side * Cell}" y="{y + i / DigitImages.Side * Cell}" width="{Cell}" height="{Cell}" fill="#000" fill-opacity="{pixels[i] / 16.0 * opacity:0.###}"/>""");
            }
        }
    }

    private static void DrawWeights(SvgDrawing svg, double[,] weights, int head, int x, int y)
    {
        const int Side = Tile / DigitImages.PatchesPerSide;
        for (int t = 0; t < weights.GetLength(1); t++)
        {
            if (weights[head, t] > 0.005)
            {
                svg.Add($"""<rect x="{x + t % DigitImages.PatchesPerSide * Side + 1}" y="{y + t / DigitImages.PatchesPerSide * Side + 1}" width="{Side - 2}" height="{Side - 2}" fill="#d95f02" fill-opacity="{0.6 * weights[head, t]:0.###}"/>""");
            }
        }
    }
}
