using System.Globalization;
using System.Text;

namespace Qama.Examples.Vision;

/// <summary>Validation accuracy per epoch, one line per group (mean over its seeds), as SVG.</summary>
internal static class AccuracyCurves
{
    private const int Width = 720;
    private const int Height = 360;
    private const int Left = 52;
    private const int Right = 170;
    private const int Top = 20;
    private const int Bottom = 40;

    private static readonly string[] _colours =
        ["#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666", "#1f78b4", "#b2182b", "#053061"];

    public static string Draw(IReadOnlyList<ResultGroup> groups)
    {
        int epochs = groups.Max(g => g.First.Epochs.Count);
        double least = Math.Floor(10 * groups.Min(g => g.Runs.Min(r => r.Epochs.Min(e => e.ValidationAccuracy)))) / 10;
        double X(int epoch) => Left + (epoch - 1) * (Width - Left - Right) / (double)Math.Max(1, epochs - 1);
        double Y(double accuracy) => Height - Bottom - (accuracy - least) / (1 - least) * (Height - Top - Bottom);
        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="sans-serif" font-size="12">""");
        Append(svg, $"""<rect width="{Width}" height="{Height}" fill="#fff"/>""");
        for (int tick = 0; tick <= 5; tick++)
        {
            double accuracy = least + (1 - least) * tick / 5;
            Append(svg, $"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(accuracy):0.#}" y2="{Y(accuracy):0.#}" stroke="#ddd"/>""");
            Append(svg, $"""<text x="{Left - 6}" y="{Y(accuracy) + 4:0.#}" text-anchor="end">{100 * accuracy:0} %</text>""");
        }

        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            if (epochs <= 12 || epoch % (epochs / 10) == 0)
            {
                Append(svg, $"""<text x="{X(epoch):0.#}" y="{Height - Bottom + 18}" text-anchor="middle">{epoch}</text>""");
            }
        }

        Append(svg, $"""<text x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle">epoch</text>""");
        for (int g = 0; g < groups.Count; g++)
        {
            string colour = _colours[g % _colours.Length];
            IEnumerable<string> points = Enumerable.Range(0, groups[g].First.Epochs.Count).Select(e => string.Create(
                CultureInfo.InvariantCulture, $"{X(e + 1):0.#},{Y(groups[g].Runs.Average(r => r.Epochs[e].ValidationAccuracy)):0.#}"));
            Append(svg, $"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="{colour}" stroke-width="1.8"/>""");
            int y = Top + 8 + 16 * g;
            Append(svg, $"""<line x1="{Width - Right + 12}" x2="{Width - Right + 30}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="2.5"/>""");
            Append(svg, $"""<text x="{Width - Right + 36}" y="{y}">{groups[g].First.Variant}</text>""");
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) =>
        svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}
