using System.Net;

namespace Qama.Tool;

/// <summary>A page that is one file, without a script and without anything from elsewhere: dark where the reader's system is, and fit to be
/// printed.</summary>
internal sealed class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #c8ccd2; --soft: #f3f4f6; --mark: #0b5fad; --c0: #0b5fad; --c1: #c2410c; --c2: #15803d;
          --c3: #7e22ce; --c4: #a16207; --c5: #be123c; --c6: #0f766e; --c7: #4b5563; }
        @media (prefers-color-scheme: dark) { :root { --line: #454b54; --soft: #23272d; --mark: #7db8f0; --c0: #7db8f0; --c1: #fb923c;
          --c2: #4ade80; --c3: #c084fc; --c4: #facc15; --c5: #fb7185; --c6: #2dd4bf; --c7: #d1d5db; } }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.2rem; border-top: 1px solid var(--line); padding-top: 1.5rem; margin-top: 2rem; }
        h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; color: var(--mark); }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .formula { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
        pre { background: var(--soft); padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        nav a { margin-right: 1rem; } a { color: var(--mark); } .wide { overflow-x: auto; }
        .curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1rem; }
        figure { margin: 0; } figcaption { font-weight: 600; } svg { max-width: 100%; height: auto; }
        svg text { fill: currentColor; font: 11px system-ui, sans-serif; } .axis { stroke: var(--line); fill: none; }
        .picture { background: white; display: inline-block; padding: .3rem; }
        @media print { body { margin: 0; max-width: none; } nav { display: none; } tr, pre, figure { break-inside: avoid; } }
        """;

    private readonly TextWriter _writer;

    private HtmlPage(TextWriter writer) => _writer = writer;

    /// <summary>Writes a page with a title and what <paramref name="body"/> writes.</summary>
    public static void Write(TextWriter writer, string title, Action<HtmlPage> body)
    {
        writer.WriteLine("<!DOCTYPE html>");
        writer.WriteLine("<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>");
        writer.WriteLine($"<title>{Text(title)}</title><style>\n{Style}\n</style></head><body>");
        writer.WriteLine($"<h1>{Text(title)}</h1>");
        body(new HtmlPage(writer));
        writer.WriteLine("</body></html>");
    }

    /// <summary>Text in HTML.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Writes HTML as it is.</summary>
    public void Raw(string html) => _writer.WriteLine(html);

    /// <summary>A section, to which links of the page lead.</summary>
    public void Section(string title, string id) => Raw($"<h2 id=\"{Text(id)}\">{Text(title)}</h2>");

    /// <summary>A table under a title; nothing where there are no rows.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="headers">Of the columns: '#' begins a column of numbers, '!' one of formulas.</param>
    /// <param name="rows">Cells, as text.</param>
    public void Table(string title, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        string[] classes = [.. headers.Select(h => h.Length == 0 ? "" : h[0] switch
        {
            '#' => " class=\"number\"",
            '!' => " class=\"formula\"",
            _ => "",
        })];
        Raw($"<h3>{Text(title)}</h3><div class=\"wide\"><table><thead><tr>");
        Raw(string.Concat(headers.Select((h, c) =>
            $"<th scope=\"col\"{(classes[c].Contains("number", StringComparison.Ordinal) ? classes[c] : "")}>{Text(h.TrimStart('#', '!'))}</th>")));
        Raw("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in all)
        {
            Raw($"<tr>{string.Concat(row.Select((cell, c) => $"<td{classes[c]}>{Text(cell)}</td>"))}</tr>");
        }

        Raw("</tbody></table></div>");
    }
}
