using System.Globalization;
using System.Net;
using System.Text;

namespace Qama.Tool.Runs;

/// <summary>A drawing with a scale on the left and one below.</summary>
internal sealed class DrawingFrame
{
    private const double Width = 420;
    private const double Height = 240;
    private const double Left = 56;
    private const double Bottom = 26;
    private const double Margin = 10;

    private readonly StringBuilder _svg = new();
    private readonly (double First, double Last, double Low, double High) _range;

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
        Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        foreach (double tick in CurveDrawing.Ticks(vertical.Low, vertical.High))
        {
            Add($"<path class=\"axis\" d=\"M{Left} {Y(tick):0.#}H{Width - Margin}\"/>");
            Add($"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{RunFile.Number(tick)}</text>");
        }

        foreach ((double at, string text) in labels)
        {
            Add($"<text x=\"{X(at):0.#}\" y=\"{Height - 8}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(text)}</text>");
        }
    }

    /// <summary>The place of a number of the scale below.</summary>
    public double X(double at) => Left + ((Width - Left - Margin) * (at - _range.First) / (_range.Last - _range.First));

    /// <summary>The place of a number of the scale on the left.</summary>
    public double Y(double value) => Height - Bottom - ((Height - Bottom - Margin) * (value - _range.Low) / (_range.High - _range.Low));

    /// <summary>Adds SVG, numbers as everywhere.</summary>
    public void Add(FormattableString svg) => _svg.Append(svg.ToString(CultureInfo.InvariantCulture));

    /// <summary>The drawing.</summary>
    public string End() => _svg.Append("</svg>").ToString();
}
