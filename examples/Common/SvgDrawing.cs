using System.Text;

namespace Qama.Examples.Common;

/// <summary>A drawing as SVG. Text is set by the program that shows it: a machine without fonts draws it too.</summary>
public sealed class SvgDrawing
{
    private readonly StringBuilder _text = new();

    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="fontSize">Size of text, unless an element says otherwise.</param>
    public SvgDrawing(int width, int height, int fontSize)
    {
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="{fontSize}">""");
        Add($"""<rect width="{width}" height="{height}" fill="#fff"/>""");
    }

    /// <summary>Adds an element, with numbers as SVG wants them.</summary>
    public void Add(FormattableString element) => _text.AppendLine(FormattableString.Invariant(element));

    /// <summary>The file's text.</summary>
    public override string ToString() => _text + "</svg>" + Environment.NewLine;
}
