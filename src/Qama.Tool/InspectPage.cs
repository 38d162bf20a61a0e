using System.Net;
using Qama.Layers;
using Qama.Tool.Inspecting;

namespace Qama.Tool;

/// <summary>What <c>qama inspect</c> says, as a page: one file, without a script and without anything from elsewhere;
/// dark where the reader's
/// system is, and fit to be printed.</summary>
internal static class InspectPage
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #c8ccd2; --soft: #f3f4f6; --mark: #0b5fad; }
        @media (prefers-color-scheme: dark) { :root { --line: #454b54; --soft: #23272d; --mark: #7db8f0; } }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.2rem; border-top: 1px solid var(--line); padding-top: 1.5rem; margin-top: 2rem; }
        h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; color: var(--mark); }
        table { border-collapse: collapse; width: 100%; } caption { text-align: left; }
        th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .formula { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
        pre { background: var(--soft); padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        nav a { margin-right: 1rem; } a { color: var(--mark); }
        @media print { body { margin: 0; max-width: none; } nav { display: none; } h2 { break-before: page; } h2:first-of-type { break-before: auto; }
          tr, pre { break-inside: avoid; } }
        """;

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter writer, string path, IReadOnlyList<ModelInspection> models, int samples,
        double? taskSeconds)
    {
        string title = $"Models of {Path.GetFileName(path)}";
        writer.WriteLine("<!DOCTYPE html>");
        writer.WriteLine("<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
        writer.WriteLine("<meta name=\"viewport\" content=\"width=device-width\"/>");
        writer.WriteLine($"<title>{Text(title)}</title><style>\n{Style}\n</style></head><body>");
        writer.WriteLine($"<h1>{Text(title)}</h1>");
        string links = string.Join(' ', models.Select((m, i) => $"<a href=\"#m{i}\">{Text(m.Model.Name)}</a>"));
        writer.WriteLine($"<nav>{links}</nav>");
        for (int i = 0; i < models.Count; i++)
        {
            writer.WriteLine($"<h2 id=\"m{i}\">{Text(models[i].Model.Name)}</h2>");
            WriteModel(writer, models[i], samples, taskSeconds);
        }

        writer.WriteLine("</body></html>");
    }

    private static void WriteModel(TextWriter writer, ModelInspection inspection, int samples, double? taskSeconds)
    {
        ModelDescriptor model = inspection.Model;
        writer.WriteLine($"<p>{Text(ModelInspection.Shape(model))}. Selections: {Text(ModelInspection.Scope(model))}. "
            + $"Reads: {Text(InspectText.Reads(model))}.</p>");
        string[] formulas = [.. model.Coefficients.Select(c => $"{c.Name} = {c.Formula}")];
        string energy = string.Join('\n', [$"E = {InspectText.Energy(model)}", .. formulas]);
        writer.WriteLine($"<pre class=\"formula\">{Text(energy)}</pre>");
        writer.WriteLine($"<p>Output: <span class=\"formula\">{Text(model.Readout)}</span></p>");
        Table(writer, "Terms", ["term", "#weight", "!energy"],
            model.Terms.Select(t => new[] { t.Name, InspectText.Weight(t.Weight), t.Formula }));
        Table(writer, "Hard constraints", ["constraint", "#bound"],
            model.Constraints.Select(c => new[] { $"{c.Kind}", InspectText.Bound(c) }));
        Table(writer, "Parameters of the energy", ["parameter", "!shape", "first value"], InspectText.Learned(model));
        Table(writer, "Costs of a pass", ["", $"#N = {model.Tokens}", "unit", "!of N tokens"],
            inspection.Costs.Select(c => new[] { c.Name, InspectText.Value(c.Value), c.Unit, InspectText.Formula(c) }));
        Table(writer, "Kernels", ["part", "chosen", "because"],
            inspection.Kernels.Select(k => new[] { k.Part, k.Choice, k.Reason }));
        Table(writer, "Gradients through the selection", ["gradient", "#solves forward", "#backward", ""],
            inspection.Gradients.Select(InspectText.Gradient));
        Table(writer, "Machines",
            ["machine", "#spins", "#problems a task", $"#tasks, {samples} samples", "#tasks, a training step", ""],
            inspection.Machines.Select(m => InspectText.Machine(m, taskSeconds)));
        Table(writer, "Derivatives", ["!of coefficients"],
            model.Coefficients.SelectMany(c => c.Gradients).Select(g => new[] { g }));
    }

    // "#" begins a column of numbers, "!" one of formulas.
    private static void Table(TextWriter writer, string title, string[] headers, IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
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
        writer.WriteLine($"<h3>{Text(title)}</h3><table><thead><tr>");
        for (int c = 0; c < headers.Length; c++)
        {
            string side = headers[c].StartsWith('#') ? classes[c] : "";
            writer.WriteLine($"<th scope=\"col\"{side}>{Text(headers[c].TrimStart('#', '!'))}</th>");
        }

        writer.WriteLine("</tr></thead><tbody>");
        foreach (string[] row in all)
        {
            string cells = string.Concat(row.Select((cell, c) => $"<td{classes[c]}>{Text(cell)}</td>"));
            writer.WriteLine($"<tr>{cells}</tr>");
        }

        writer.WriteLine("</tbody></table>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
