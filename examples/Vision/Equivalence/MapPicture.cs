using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>Attention maps of both: where one query looks in every head, softmax weights above the selection.</summary>
internal static class MapPicture
{
    private const int Cell = 8;
    private const int Side = LabelledImages.PatchesPerSide * Cell;
    private const int Gap = 8;
    private const int Left = 90;
    private const int Top = 40;
    private const int Shown = 4;
    private const int Query = LabelledImages.PatchesPerSide / 2 * LabelledImages.PatchesPerSide + LabelledImages.PatchesPerSide / 2;

    /// <summary>Draws the maps of the first images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="equivalence">Softmax weights.</param>
    /// <param name="selected">Selections by image, [queries, heads, keys].</param>
    public static string Draw(LabelledImages images, Equivalence equivalence, IReadOnlyDictionary<int, byte[]> selected)
    {
        int count = Math.Min(Shown, images.Count), tokens = LabelledImages.Shape.Tokens, heads = VisionTransformer.Heads;
        var svg = new SvgDrawing(Left + (heads * (Side + Gap)), Top + (2 * count * (Side + Gap)), 11);
        svg.Add($"""<text x="{Gap}" y="16" font-size="13">Where the patch in the middle looks: softmax weights, and 8 selected keys</text>""");
        for (int h = 0; h < heads; h++)
        {
            svg.Add($"""<text x="{Left + (h * (Side + Gap))}" y="{Top - 6}">head {h + 1}</text>""");
        }

        for (int image = 0; image < count; image++)
        {
            ReadOnlySpan<double> weights = equivalence.Weights(image);
            for (int h = 0; h < heads; h++)
            {
                double[] soft = weights.Slice(((h * tokens) + Query) * tokens, tokens).ToArray();
                double[] hard = [.. selected[image].Skip(((Query * heads) + h) * tokens).Take(tokens).Select(s => (double)s)];
                Map(svg, soft, soft.Max(), Left + (h * (Side + Gap)), Y(2 * image));
                Map(svg, hard, 1, Left + (h * (Side + Gap)), Y((2 * image) + 1));
            }

            svg.Add($"""<text x="{Gap}" y="{Y(2 * image) + (Side / 2)}">{images.Labels[image]}, softmax</text>""");
            svg.Add($"""<text x="{Gap}" y="{Y((2 * image) + 1) + (Side / 2)}">selected</text>""");
        }

        return svg.ToString();

        static int Y(int row) => Top + (row * (Side + Gap));
    }

    private static void Map(SvgDrawing svg, double[] weights, double largest, int x, int y)
    {
        svg.Add($"""<rect x="{x}" y="{y}" width="{Side}" height="{Side}" fill="#fff" stroke="#999"/>""");
        for (int t = 0; t < weights.Length; t++)
        {
            if (weights[t] > 0.02 * largest)
            {
                svg.Add($"""<rect x="{x + (t % LabelledImages.PatchesPerSide * Cell)}" y="{y + (t / LabelledImages.PatchesPerSide * Cell)}" width="{Cell}" height="{Cell}" fill="#d95f02" fill-opacity="{weights[t] / largest:0.##}"/>""");
            }
        }
    }
}
