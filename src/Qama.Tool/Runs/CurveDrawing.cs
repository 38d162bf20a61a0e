using System.Globalization;
using System.Net;

namespace Qama.Tool.Runs;

/// <summary>Curves of several groups of runs as SVG: lines are means, bands reach from the least to the largest run. Colours are those of the page,
/// and lines differ in their dashes too: for print, and for who does not tell colours apart.</summary>
internal static class CurveDrawing
{
    /// <summary>Colours of the page, --c0 and so on.</summary>
    public const int Colours = 8;

    private static readonly string[] _dashes = ["", "7 3", "2 3", "9 3 2 3"];

    /// <summary>The line of a group in legends and drawings.</summary>
    public static string Stroke(int group) =>
        $"stroke=\"var(--c{group % Colours})\" stroke-dasharray=\"{_dashes[(group + (group / Colours)) % _dashes.Length]}\"";

    /// <summary>Names beside the lines that stand for them.</summary>
    /// <param name="names">Names of groups and their numbers.</param>
    public static string Legend(IEnumerable<(string Name, int Group)> names) => "<p>" + string.Concat(names.Select(n =>
        "<span style=\"white-space: nowrap; margin-right: 1.2rem\"><svg width=\"34\" height=\"10\">"
        + $"<path d=\"M0 5H34\" stroke-width=\"2.5\" {Stroke(n.Group)}/></svg> {WebUtility.HtmlEncode(n.Name)}</span> ")) + "</p>";

    /// <summary>Draws; empty where no curve has a point.</summary>
    public static string Draw(string title, IReadOnlyList<IReadOnlyList<CurvePoint>> curves)
    {
        CurvePoint[] all = [.. curves.SelectMany(c => c)];
        if (all.Length == 0)
        {
            return "";
        }

        (double first, double last) = Range(all.Min(p => p.At), all.Max(p => p.At));
        (double low, double high) = Range(all.Min(p => p.Least), all.Max(p => p.Largest));
        var frame = new DrawingFrame(title, (first, last), (low, high), Ticks(first, last).Select(t => (t, RunFile.Number(t))));
        for (int g = 0; g < curves.Count; g++)
        {
            IReadOnlyList<CurvePoint> curve = curves[g];
            if (curve.Any(p => p.Largest > p.Least))
            {
                string band = string.Join(' ', curve.Select(p => At(p.At, p.Largest)).Concat(curve.Reverse().Select(p => At(p.At, p.Least))));
                frame.Add($"<polygon points=\"{band}\" fill=\"var(--c{g % Colours})\" opacity=\"0.15\"/>");
            }

            if (curve.Count == 1)
            {
                frame.Add($"<circle cx=\"{frame.X(curve[0].At):0.#}\" cy=\"{frame.Y(curve[0].Mean):0.#}\" r=\"3\" ");
                frame.Add($"fill=\"var(--c{g % Colours})\"/>");
            }
            else if (curve.Count > 1)
            {
                string line = string.Join(' ', curve.Select(p => At(p.At, p.Mean)));
                frame.Add($"<polyline points=\"{line}\" fill=\"none\" stroke-width=\"1.8\" {Stroke(g)}/>");
            }
        }

        return frame.End();

        string At(double at, double value) => string.Create(CultureInfo.InvariantCulture, $"{frame.X(at):0.#},{frame.Y(value):0.#}");
    }

    /// <summary>Round numbers within a range, three to seven of them.</summary>
    internal static IEnumerable<double> Ticks(double low, double high)
    {
        double rough = (high - low) / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        for (double k = Math.Ceiling((low / step) - 1e-9); k * step <= high + (1e-9 * step); k++)
        {
            yield return Math.Round(k * step, 12) + 0.0; // no −0
        }
    }

    // One number is the middle of a range.
    private static (double Low, double High) Range(double low, double high) =>
        high - low > 1e-12 * Math.Max(1, Math.Abs(high)) ? (low, high) : (low - Math.Max(1, Math.Abs(low)) / 2, high + Math.Max(1, Math.Abs(high)) / 2);
}
