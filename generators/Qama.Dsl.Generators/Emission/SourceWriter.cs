using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Text with indentation and LF line ends, in lines of <see cref="LineBreaks.Columns"/>; numbers are written invariantly, whatever the culture.</summary>
internal sealed class SourceWriter
{
    private StringBuilder _text = new();
    private StringBuilder _kept = new();
    private int _depth;

    /// <summary>Writes lines at the current indentation; an empty text is an empty line.</summary>
    public SourceWriter Write(string lines)
    {
        foreach (string line in lines.Replace("\r", "").Split('\n'))
        {
            int indentation = line.Length == 0 ? 0 : 4 * _depth;
            if (indentation + line.Length <= LineBreaks.Columns)
            {
                _text.Append(' ', indentation).Append(line).Append('\n');
                continue;
            }

            foreach (string part in LineBreaks.Of(line, indentation))
            {
                _text.Append(part).Append('\n');
            }
        }

        return this;
    }

    public SourceWriter Line() => Write("");

    /// <summary>Writes a header and a block in braces.</summary>
    public SourceWriter Block(string header, Action body, string end = "}")
    {
        Open(header);
        body();
        return Close(end);
    }

    public SourceWriter Open(string header)
    {
        Write(header).Write("{");
        _depth++;
        return this;
    }

    public SourceWriter Close(string end = "}")
    {
        _depth--;
        return Write(end);
    }

    /// <summary>Writes text, one level deeper, that is kept for <see cref="WriteKept"/>.</summary>
    public void Keep(Action body)
    {
        (_text, _kept) = (_kept, _text);
        _depth++;
        if (_text.Length > 0)
        {
            Line();
        }

        body();
        _depth--;
        (_text, _kept) = (_kept, _text);
    }

    /// <summary>Whether there is text to write yet.</summary>
    public bool KeepsText => _kept.Length > 0;

    /// <summary>Writes what was kept, as it is.</summary>
    public SourceWriter WriteKept()
    {
        _text.Append(_kept);
        _kept.Clear();
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Lines, one level deeper.</summary>
    public static string Indented(string lines) => string.Join("\n", lines.Split('\n').Select(line => "    " + line));

    /// <summary>A number as a C# literal of a kernel's type.</summary>
    public static string Literal(ElementType type, double value) => type == ElementType.Double ? Double(value) : Single(value);

    /// <summary>A number as a C# literal of type double that reads back as the same number.</summary>
    public static string Double(double value) => value switch
    {
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        0 when BitConverter.DoubleToInt64Bits(value) != 0 => "-0.0",
        _ => WithPoint(value.ToString("R", CultureInfo.InvariantCulture)),
    };

    /// <summary>A number as a C# literal of type float.</summary>
    public static string Single(double value)
    {
        float single = (float)value;
        return single switch
        {
            float.NaN => "float.NaN",
            float.PositiveInfinity => "float.PositiveInfinity",
            float.NegativeInfinity => "float.NegativeInfinity",
            0 => BitConverter.DoubleToInt64Bits(value) < 0 ? "-0f" : "0f",
            _ => single.ToString("R", CultureInfo.InvariantCulture) + "f",
        };
    }

    /// <summary>A text as a C# string literal.</summary>
    public static string Text(string value) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>A text as it may stand in an XML comment.</summary>
    public static string Xml(string value) => value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    private static string WithPoint(string digits) => digits.IndexOfAny(['.', 'E']) < 0 ? digits + ".0" : digits;
}
