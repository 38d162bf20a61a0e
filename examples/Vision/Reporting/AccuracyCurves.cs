using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>Validation accuracy per epoch, one line per group (mean over its seeds), as SVG. The axis is logarithmic in the
/// errors, so that 97 and 98 % are as far apart as they are hard to tell apart.</summary>
internal static class AccuracyCurves
{
    private const int Width = 720;
    private const int Height = 360;
    private const int Left = 52;
    private const int Right = 170;
    private const int Top = 20;
    private const int Bottom = 40;

    private static readonly double[] _ticks = [0.9, 0.8, 0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001];

    private static readonly string[] _colours =
        ["#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666", "#1f78b4", "#b2182b", "#053061"];

    public static string Draw(IReadOnlyList<ResultGroup> groups)
    {
        int epochs = groups.Max(g => g.First.Epochs.Count);
        double[] errors = [.. groups.SelectMany(g => Enumerable.Range(0, g.First.Epochs.Count).Select(g.MeanError))];
        double[] ticks = [.. _ticks.Where(t => t <= errors.Max() * 1.3 && t >= errors.Min() / 1.3)];
        double most = Math.Log(Math.Max(errors.Max(), ticks.Append(0).Max())), fewest = Math.Log(Math.Min(errors.Min(), ticks.Append(1).Min()));
        double X(int epoch) => Left + (epoch - 1) * (Width - Left - Right) / (double)Math.Max(1, epochs - 1);
        double Y(double error) => Top + (Math.Log(error) - fewest) / Math.Max(1e-9, most - fewest) * (Height - Top - Bottom);
        var svg = new SvgDrawing(Width, Height, 12);
        foreach (double tick in ticks)
        {
            svg.Add($"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(tick):0.#}" y2="{Y(tick):0.#}" stroke="#ddd"/>""");
            svg.Add($"""<text x="{Left - 6}" y="{Y(tick) + 4:0.#}" text-anchor="end">{100 * (1 - tick):0.#} %</text>""");
        }

        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            if (epochs <= 12 || epoch % (epochs / 10) == 0)
            {
                svg.Add($"""<text x="{X(epoch):0.#}" y="{Height - Bottom + 18}" text-anchor="middle">{epoch}</text>""");
            }
        }

        svg.Add($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle">epoch</text>""");
        for (int g = 0; g < groups.Count; g++)
        {
            string colour = _colours[g % _colours.Length];
            IEnumerable<string> points = Enumerable.Range(0, groups[g].First.Epochs.Count).Select(e => string.Create(
                CultureInfo.InvariantCulture, $"{X(e + 1):0.#},{Y(groups[g].MeanError(e)):0.#}"));
            svg.Add($"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="{colour}" stroke-width="1.8"/>""");
            int y = Top + 8 + 16 * g;
            svg.Add($"""<line x1="{Width - Right + 12}" x2="{Width - Right + 30}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="2.5"/>""");
            svg.Add($"""<text x="{Width - Right + 36}" y="{y}">{groups[g].First.Variant}</text>""");
        }

        return svg.ToString();
    }
}
