using System.Globalization;
using System.Text;
using Qama.Tool.Runs;

namespace Qama.Tool;

/// <summary>The part of a page that shows what heads look at: patches over images, marks over words.</summary>
internal static class HeadsSection
{
    private const int Tile = 64, Gap = 8, Left = 110, Top = 22;
    private const string Mark = "217,95,2"; // red, green, blue: seen on light and on dark

    /// <summary>Writes it; nothing where no run says what its heads look at.</summary>
    public static void Write(HtmlPage page, IReadOnlyList<RunFile> runs)
    {
        RunFile[] shown = [.. runs.Where(r => r.Heads is { Samples.Count: > 0 })];
        if (shown.Length == 0)
        {
            return;
        }

        page.Section("What heads look at", "heads");
        page.Raw("<p>Of a few validation samples, head by head and block by block: what a head selects, or how much its queries attend "
            + "to a token on "
            + "average, in units of the head's largest.</p>");
        for (int r = 0; r < shown.Length; r++)
        {
            HeadSamples heads = shown[r].Heads!;
            page.Raw($"<h3>{HtmlPage.Text(Path.GetFileNameWithoutExtension(shown[r].Path))}: {HtmlPage.Text(heads.Kind)}</h3>");
            HeadSample[] images = [.. heads.Samples.Where(s => s.Image is not null)];
            if (images.Length > 0 && heads.Columns > 0)
            {
                WriteImages(page, images, heads.Columns.Value, $"run{r}");
            }

            foreach (HeadSample text in heads.Samples.Where(s => s.Words is not null))
            {
                WriteText(page, text);
            }
        }
    }

    private static void WriteImages(HtmlPage page, HeadSample[] samples, int columns, string id)
    {
        int blocks = samples.Max(s => s.Weights.Count);
        for (int block = 0; block < blocks; block++)
        {
            HeadSample[] own = [.. samples.Where(s => s.Weights.Count > block)];
            int heads = own.Max(s => s.Weights[block].Count), rows = (own.Max(s => s.Weights[block].Max(h => h.Count))
                + columns - 1) / columns;
            int height = Tile * rows / columns;
            var svg = new StringBuilder();
            svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Left + (heads + 1) * (Tile + Gap)} "
                + $"{Top + own.Length * (height + Gap)}\" role=\"img\" aria-label=\"block {block + 1}\">");
            for (int h = 0; h < heads; h++)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + (h + 1) * (Tile + Gap)}\" y=\"{Top - 6}\">head "
                    + $"{h + 1}</text>");
            }

            for (int s = 0; s < own.Length; s++)
            {
                int y = Top + s * (height + Gap);
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"{y + height / 2 - 4}\">{HtmlPage.Text(own[s].Label)}</text>");
                if (own[s].Predicted != own[s].Label)
                {
                    svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"{y + height / 2 + 10}\">→ "
                        + $"{HtmlPage.Text(own[s].Predicted)}</text>");
                }

                string name = $"{id}-{block}-{s}";
                svg.Append(CultureInfo.InvariantCulture, $"<defs><image id=\"{name}\" width=\"{Tile}\" height=\"{height}\" "
                    + $"preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
                    + $"href=\"data:image/png;base64,{HtmlPage.Text(own[s].Image!)}\"/></defs>");
                svg.Append(CultureInfo.InvariantCulture, $"<use href=\"#{name}\" x=\"{Left}\" y=\"{y}\"/>");
                for (int h = 0; h < own[s].Weights[block].Count; h++)
                {
                    int x = Left + (h + 1) * (Tile + Gap);
                    svg.Append(CultureInfo.InvariantCulture, $"<use href=\"#{name}\" x=\"{x}\" y=\"{y}\" opacity=\"0.45\"/>");
                    Patches(svg, own[s].Weights[block][h], columns, rows, x, y, height);
                }
            }

            page.Raw($"<figure><figcaption>block {block + 1}</figcaption>{svg.Append("</svg>")}</figure>");
        }
    }

    private static void Patches(StringBuilder svg, IReadOnlyList<double> weights, int columns, int rows, int x, int y, int height)
    {
        double side = Tile / (double)columns, down = height / (double)rows;
        for (int t = 0; t < weights.Count; t++)
        {
            if (weights[t] > 0.01)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{x + t % columns * side:0.##}\" y=\"{y + t / columns * down:0.##}\" width=\"{side:0.##}\" "
                        + $"height=\"{down:0.##}\" fill=\"rgb({Mark})\" fill-opacity=\"{0.65 * Math.Min(1, weights[t]):0.##}\"/>");
            }
        }
    }

    private static void WriteText(HtmlPage page, HeadSample sample)
    {
        string said = sample.Predicted == sample.Label ? sample.Label : $"{sample.Label} → {sample.Predicted}";
        page.Raw($"<p><b>{HtmlPage.Text(said)}</b></p><div class=\"wide\"><table><tbody>");
        for (int block = 0; block < sample.Weights.Count; block++)
        {
            for (int head = 0; head < sample.Weights[block].Count; head++)
            {
                IReadOnlyList<double> weights = sample.Weights[block][head];
                string words = string.Join(' ', sample.Words!.Take(weights.Count).Select((word, t) => Word(word, weights[t])));
                page.Raw($"<tr><td style=\"white-space:nowrap\">block {block + 1}, head {head + 1}</td><td>{words}</td></tr>");
            }
        }

        page.Raw("</tbody></table></div>");
    }

    private static string Word(string word, double weight) => weight > 0.01
        ? string.Create(CultureInfo.InvariantCulture, $"<span "
            + $"style=\"background:rgba({Mark},{0.75 * Math.Min(1, weight):0.##});padding:0 .15em\">{HtmlPage.Text(word)}</span>")
        : HtmlPage.Text(word);
}
