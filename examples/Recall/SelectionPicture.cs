using System.Globalization;
using System.Text;
using Qama.Examples.Common;
using Qama.Examples.Digits;
using Qama.Training;

namespace Qama.Examples.Recall;

/// <summary>Draws tables of cards, and under every card which heads use it for the question.</summary>
internal static class SelectionPicture
{
    private const int Column = 34;
    private const int Image = 28;
    private const int HeadRow = 10;
    private const int Letter = 16;
    private const int Left = 62;
    private const int Top = 64;
    private const int Block = Letter + Image + 6 + RecallModel.Heads * HeadRow + 22;
    private static readonly string[] _colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

    /// <summary>Reads the model's last batch, whose samples are the tables.</summary>
    public static string Draw(RecallModel model, Dataset<float> tables)
    {
        int width = Left + CardAttention.Tokens * Column + 10;
        int height = Top + tables.Count * Block;
        var svg = new SvgDrawing(width, height, 11);
        string marks = model.Selects ? "filled where the head selects the token" : "the darker, the more the question attends to the token";
        svg.Add($"""<text x="8" y="20" font-size="15" font-weight="bold">{model.Name}: what each head uses to answer “which digit is on this card?”</text>""");
        svg.Add($"""<text x="8" y="38" font-size="12">The first {tables.Count} test tables. The question is on the right; the card with its letter is framed, and its digit is the answer.</text>""");
        svg.Add($"""<text x="8" y="53" font-size="12">Under the cards, one row for each head: {marks}.</text>""");
        for (int s = 0; s < tables.Count; s++)
        {
            DrawTable(svg, model, tables.Values(s), s, Top + s * Block);
        }

        return svg.ToString();
    }

    private static void DrawTable(SvgDrawing svg, RecallModel model, ReadOnlySpan<float> table, int sample, int y)
    {
        int asked = CardTables.Asked(table);
        for (int token = 0; token < CardAttention.Tokens; token++)
        {
            int x = Left + token * Column;
            bool question = token == CardAttention.Question;
            char letter = (char)('A' + CardTables.LetterOf(table, token));
            svg.Add($"""<text x="{x + Image / 2}" y="{y + Letter - 4}" text-anchor="middle"{(question || token == asked ? " font-weight=\"bold\"" : "")}>{letter}</text>""");
            if (question)
            {
                svg.Add($"""<text x="{x + Image / 2}" y="{y + Letter + 21}" font-size="20" text-anchor="middle">?</text>""");
            }
            else
            {
                DrawDigit(svg, CardTables.PixelsOf(table, token), x, y + Letter);
            }

            string frame = question || token == asked ? "stroke=\"#000\" stroke-width=\"2\"" : "stroke=\"#bbb\"";
            svg.Add($"""<rect x="{x}" y="{y + Letter}" width="{Image}" height="{Image}" fill="none" {frame}/>""");
        }

        for (int head = 0; head < RecallModel.Heads; head++)
        {
            DrawHead(svg, model, sample, head, y + Letter + Image + 6 + head * HeadRow);
        }
    }

    private static void DrawHead(SvgDrawing svg, RecallModel model, int sample, int head, int y)
    {
        svg.Add($"""<text x="8" y="{y + HeadRow - 2}" font-size="10">head {head + 1}</text>""");
        for (int token = 0; token < CardAttention.Tokens; token++)
        {
            int x = Left + token * Column;
            svg.Add($"""<rect x="{x}" y="{y}" width="{Image}" height="{HeadRow - 2}" fill="#eee"/>""");
            if (model.Weight(sample, head, token) is > 0.005 and double weight)
            {
                svg.Add($"""<rect x="{x}" y="{y}" width="{Image}" height="{HeadRow - 2}" fill="{_colours[head]}" fill-opacity="{weight:0.##}"/>""");
            }
        }
    }

    // One path per shade of ink: a few hundred bytes a card.
    private static void DrawDigit(SvgDrawing svg, ReadOnlySpan<float> pixels, int x, int y)
    {
        const int Shades = 4;
        const double Pixel = (double)Image / DigitImages.Side;
        for (int shade = 1; shade <= Shades; shade++)
        {
            var path = new StringBuilder();
            for (int i = 0; i < pixels.Length; i++)
            {
                if ((int)Math.Round(pixels[i] * Shades) == shade)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x + i % DigitImages.Side * Pixel} {y + i / DigitImages.Side * Pixel}h{Pixel}v{Pixel}h-{Pixel}");
                }
            }

            svg.Add($"""<path d="{path}" fill-opacity="{(double)shade / Shades}"/>""");
        }
    }
}
