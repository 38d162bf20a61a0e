using Qama.Layers;
using Qama.Tool.Inspecting;

namespace Qama.Tool;

/// <summary>What <c>qama inspect</c> says, as a page.</summary>
internal static class InspectPage
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter writer, string path, IReadOnlyList<ModelInspection> models, int samples, double? taskSeconds) =>
        HtmlPage.Write(writer, $"Models of {Path.GetFileName(path)}", page =>
        {
            page.Raw($"<nav>{string.Join(' ', models.Select((m, i) => $"<a href=\"#m{i}\">{HtmlPage.Text(m.Model.Name)}</a>"))}</nav>");
            for (int i = 0; i < models.Count; i++)
            {
                page.Section(models[i].Model.Name, $"m{i}");
                WriteModel(page, models[i], samples, taskSeconds);
            }
        });

    private static void WriteModel(HtmlPage page, ModelInspection inspection, int samples, double? taskSeconds)
    {
        ModelDescriptor model = inspection.Model;
        page.Raw($"<p>{HtmlPage.Text(ModelInspection.Shape(model))}. Selections: {HtmlPage.Text(ModelInspection.Scope(model))}. "
            + $"Reads: {HtmlPage.Text(InspectText.Reads(model))}.</p>");
        string[] formulas = [.. model.Coefficients.Select(c => $"{c.Name} = {c.Formula}")];
        page.Raw($"<pre class=\"formula\">{HtmlPage.Text(string.Join('\n', [$"E = {InspectText.Energy(model)}", .. formulas]))}</pre>");
        page.Raw($"<p>Output: <span class=\"formula\">{HtmlPage.Text(model.Readout)}</span></p>");
        page.Table("Terms", ["term", "#weight", "!energy"], model.Terms.Select(t => new[] { t.Name, InspectText.Weight(t.Weight), t.Formula }));
        page.Table("Hard constraints", ["constraint", "#bound"], model.Constraints.Select(c => new[] { $"{c.Kind}", InspectText.Bound(c) }));
        page.Table("Parameters of the energy", ["parameter", "!shape", "first value"], InspectText.Learned(model));
        page.Table("Costs of a pass", ["", $"#N = {model.Tokens}", "unit", "!of N tokens"],
            inspection.Costs.Select(c => new[] { c.Name, InspectText.Value(c.Value), c.Unit, InspectText.Formula(c) }));
        page.Table("Kernels", ["part", "chosen", "because"], inspection.Kernels.Select(k => new[] { k.Part, k.Choice, k.Reason }));
        page.Table("Gradients through the selection", ["gradient", "#solves forward", "#backward", ""],
            inspection.Gradients.Select(InspectText.Gradient));
        page.Table("Machines", ["machine", "#spins", "#problems a task", $"#tasks, {samples} samples", "#tasks, a training step", ""],
            inspection.Machines.Select(m => InspectText.Machine(m, taskSeconds)));
        page.Table("Derivatives", ["!of coefficients"], model.Coefficients.SelectMany(c => c.Gradients).Select(g => new[] { g }));
    }
}
