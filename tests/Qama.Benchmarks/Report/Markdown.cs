using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Qama.Benchmarks.Report;

/// <summary>A page in the making; numbers are written the same everywhere.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();

    public void Heading(string title) => _text.Append("## ").Append(title).Append("\n\n");

    public void Paragraph(string text) => _text.Append(text.TrimEnd()).Append("\n\n");

    public void Header(params string[] cells)
    {
        Row(cells);
        Row([.. cells.Select(_ => "---")]);
    }

    public void Row(params string[] cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    public void EndTable() => _text.Append('\n');

    /// <summary>Text whose numbers do not depend on the language of the machine.</summary>
    public static string Format(ref DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);

    /// <summary>A whole number.</summary>
    public static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three significant digits.</summary>
    public static string Number(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        int decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 4);
        return value.ToString("N" + decimals, CultureInfo.InvariantCulture);
    }

    public static string Percent(double share, int decimals = 0) => share.ToString("P" + decimals, CultureInfo.InvariantCulture);

    public override string ToString() => _text.ToString().TrimEnd() + "\n";
}
