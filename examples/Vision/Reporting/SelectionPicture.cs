using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>Draws which patches each head uses: one row per image, the image first, then one map per head.</summary>
internal static class SelectionPicture
{
    private const int Cell = 2;
    private const int Tile = LabelledImages.Side * Cell;
    private const int Gap = 8;
    private const int Left = 24;
    private const int Top = 48;

    /// <summary>Reads the first block's weights of the model's last batch, whose samples are the images shown.</summary>
    public static string Draw(Variant variant, VisionTransformer model, LabelledImages images)
    {
        int width = Left + (1 + VisionTransformer.Heads) * (Tile + Gap);
        int height = Top + images.Count * (Tile + Gap);
        var svg = new SvgDrawing(width, height, 11);
        svg.Add($"""<text x="{Left}" y="16" font-size="13">{variant.Name}: patches that each head {(variant.Declared is null ? "attends to" : "selects")}</text>""");
        for (int h = 0; h < VisionTransformer.Heads; h++)
        {
            svg.Add($"""<text x="{Left + (h + 1) * (Tile + Gap)}" y="{Top - 6}">head {h + 1}</text>""");
        }

        DefineImages(svg, images); // once: every row shows its image nine times
        for (int s = 0; s < images.Count; s++)
        {
            int y = Top + s * (Tile + Gap);
            svg.Add($"""<text x="6" y="{y + Tile / 2 + 4}">{images.Labels[s]}</text>""");
            DrawImage(svg, s, Left, y, 1);
            double[,] weights = model.Weights(s);
            for (int h = 0; h < VisionTransformer.Heads; h++)
            {
                int x = Left + (h + 1) * (Tile + Gap);
                DrawImage(svg, s, x, y, 0.35);
                DrawWeights(svg, weights, h, x, y);
            }
        }

        return svg.ToString();
    }

    private static void DefineImages(SvgDrawing svg, LabelledImages images)
    {
        svg.Add($"<defs>");
        for (int image = 0; image < images.Count; image++)
        {
            svg.Add($"""<g id="image{image}">""");
            for (int i = 0; i < LabelledImages.PixelCount; i++)
            {
                if (images.Pixels[image * LabelledImages.PixelCount + i] is > 8 and byte ink)
                {
                    svg.Add($"""<path d="M{i % LabelledImages.Side * Cell} {i / LabelledImages.Side * Cell}h{Cell}v{Cell}h-{Cell}" fill-opacity="{ink / 255.0:0.##}"/>""");
                }
            }

            svg.Add($"</g>");
        }

        svg.Add($"</defs>");
    }

    private static void DrawImage(SvgDrawing svg, int image, int x, int y, double opacity)
    {
        svg.Add($"""<rect x="{x}" y="{y}" width="{Tile}" height="{Tile}" fill="#fff" stroke="#999"/>""");
        svg.Add($"""<use href="#image{image}" x="{x}" y="{y}" opacity="{opacity}"/>""");
    }

    private static void DrawWeights(SvgDrawing svg, double[,] weights, int head, int x, int y)
    {
        const int Side = Tile / LabelledImages.PatchesPerSide;
        for (int t = 0; t < weights.GetLength(1); t++)
        {
            if (weights[head, t] > 0.01)
            {
                svg.Add($"""<rect x="{x + t % LabelledImages.PatchesPerSide * Side}" y="{y + t / LabelledImages.PatchesPerSide * Side}" width="{Side}" height="{Side}" fill="#d95f02" fill-opacity="{0.6 * weights[head, t]:0.##}"/>""");
            }
        }
    }
}
