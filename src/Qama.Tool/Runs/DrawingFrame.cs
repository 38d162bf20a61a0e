using System.Globalization;
using System.Net;
using System.Text;

namespace Qama.Tool.Runs;

/// <summary>A drawing with a scale on the left and one below.</summary>
internal sealed class DrawingFrame
{
    private const double Width = 420;
    private const double Height = 240;
    private const double LeastLeft = 56;
    private const double Bottom = 26;
    private const double Margin = 10;
    private const double Character = 7; // of 11 px text, in the widest usual fonts

    private const double Gap = 6; // between numbers and lines

    private readonly StringBuilder _svg = new();
    private readonly (double First, double Last, double Low, double High) _range;
    private readonly (double Left, double Right) _sides;

    /// <summary>Begins a drawing.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="horizontal">From left to right.</param>
    /// <param name="vertical">From below to above.</param>
    /// <param name="labels">Places of the scale below, and what stands there.</param>
    public DrawingFrame(
        string title, (double First, double Last) horizontal, (double Low, double High) vertical,
        IEnumerable<(double At, string Text)> labels)
    {
        _range = (horizontal.First, horizontal.Last, vertical.Low, vertical.High);
        (double At, string Text)[] below = [.. labels];
        (double At, string Text)[] beside =
            [.. CurveDrawing.Ticks(vertical.Low, vertical.High).Select(t => (t, RunFile.Number(t)))];
        double half = Character / 2 * Longest(below); // a label may stand under either end
        _sides = (Math.Max(LeastLeft, Math.Max(half, Gap + (Character * Longest(beside)))), Width - Math.Max(Margin, half));
        Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        foreach ((double tick, string text) in beside)
        {
            Add($"<path class=\"axis\" d=\"M{_sides.Left:0.#} {Y(tick):0.#}H{_sides.Right:0.#}\"/>");
            Add($"<text x=\"{_sides.Left - Gap:0.#}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{text}</text>");
        }

        foreach ((double at, string text) in below)
        {
            Add($"<text x=\"{X(at):0.#}\" y=\"{Height - 8}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(text)}</text>");
        }
    }

    /// <summary>The place of a number of the scale below.</summary>
    public double X(double at) => _sides.Left + ((_sides.Right - _sides.Left) * (at - _range.First) / (_range.Last - _range.First));

    /// <summary>The place of a number of the scale on the left.</summary>
    public double Y(double value) => Height - Bottom - ((Height - Bottom - Margin) * (value - _range.Low) / (_range.High - _range.Low));

    /// <summary>Adds SVG, numbers as everywhere.</summary>
    public void Add(FormattableString svg) => _svg.Append(svg.ToString(CultureInfo.InvariantCulture));

    private static int Longest((double At, string Text)[] labels) => labels.Select(l => l.Text.Length).DefaultIfEmpty(0).Max();

    /// <summary>The drawing.</summary>
    public string End() => _svg.Append("</svg>").ToString();
}
