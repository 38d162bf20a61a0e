using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Qama.Layers;
using Qama.Tool.Inspecting;

namespace Qama.Tool;

/// <summary>What <c>qama inspect</c> says of a model, for people.</summary>
internal static partial class InspectText
{
    /// <summary>Prints it.</summary>
    public static void Print(ParseResult parsed, ModelInspection inspection, int samples, double? taskSeconds)
    {
        ModelDescriptor model = inspection.Model;
        Report.Line(parsed, "model", model.Name);
        Report.Line(parsed, "shape", ModelInspection.Shape(model));
        Report.Line(parsed, "selection", ModelInspection.Scope(model));
        Report.Line(parsed, "energy", Energy(model));
        foreach (CoefficientDescription coefficient in model.Coefficients)
        {
            Report.Line(parsed, coefficient.Name, coefficient.Formula);
        }

        Report.Line(parsed, "output", model.Readout);
        Report.Line(parsed, "reads", Reads(model));
        Section(parsed, ["term", "weight", "energy"],
            [.. model.Terms.Select(t => new[] { t.Name, Weight(t.Weight), t.Formula })], 2);
        if (model.Constraints.Count > 0)
        {
            Section(parsed, ["constraint", "bound"],
                [.. model.Constraints.Select(c => new[] { $"{c.Kind}", Bound(c) })]);
        }

        if (Learned(model) is { Count: > 0 } learned)
        {
            Section(parsed, ["parameter", "shape", "first value"], learned, 1);
        }

        Section(parsed, ["of a pass", $"N = {model.Tokens}", "unit", "of N tokens"],
            [.. inspection.Costs.Select(c => new[] { c.Name, Value(c.Value), c.Unit, Formula(c) })], 2, 3);
        Section(parsed, ["kernel", "chosen", "because"],
            [.. inspection.Kernels.Select(k => new[] { k.Part, k.Choice, k.Reason })], 1, 2);
        Section(parsed, ["gradient", "forward", "backward", ""], [.. inspection.Gradients.Select(Gradient)], 3);
        Section(parsed, ["machine", "spins", "a task", $"tasks, {samples} samples", "a training step", ""],
            [.. inspection.Machines.Select(m => Machine(m, taskSeconds))], 5);
    }

    /// <summary>The formula of the energy: the sum of its terms, and what stands for what in them.</summary>
    public static string Energy(ModelDescriptor model)
    {
        string sum = "";
        var definitions = new List<string>();
        foreach (Match term in model.Terms.Select(t => Term().Match(t.Formula)))
        {
            string value = term.Groups["value"].Value;
            sum += sum.Length == 0 ? value : value.StartsWith('−') ? $" − {value[1..]}" : $" + {value}";
            definitions.Add(term.Groups["definition"].Value);
        }

        string[] different = [.. definitions.Where(d => d.Length > 0).Distinct()];
        return sum.Length == 0 ? "0" : different.Length == 0 ? sum : $"{sum}, where {string.Join(", ", different)}";
    }

    /// <summary>A weight, of which a problem may decide.</summary>
    public static string Weight(double weight) => double.IsNaN(weight) ? "w: of each problem" : Report.Number(weight);

    /// <summary>A bound of a sum; exclusion has none.</summary>
    public static string Bound(ConstraintDescription constraint) =>
        constraint.Kind is ConstraintKind.ExclusiveTokens or ConstraintKind.ExclusiveBits ? ""
            : Report.Number(constraint.Bound);

    /// <summary>The number of reads, and the temperature at which they are drawn.</summary>
    public static string Reads(ModelDescriptor model) => model.Temperature is { } temperature
        ? string.Create(CultureInfo.InvariantCulture, $"{model.ReadCount} at temperature {temperature}")
        : $"{model.ReadCount} of lowest energy";

    /// <summary>Parameters of the energy: name, shape, first value.</summary>
    public static IReadOnlyList<string[]> Learned(ModelDescriptor model) =>
    [
        .. model.Learnables.Select(l => new[] { l.Name, $"[{string.Join(", ", l.Shape)}]", First(l.Initial) }),
        .. model.LearnedCoupling is { } coupling
            ? [[LearnedCouplingDescription.Name, $"[{string.Join(", ", coupling.Shape)}]", First(coupling.Initial)]]
                : Array.Empty<string[]>(),
    ];

    /// <summary>A number of things, where it could be computed.</summary>
    public static string Value(double? value) => value is { } number ? Report.Count(number) : "too large";

    /// <summary>A cost as a function of tokens, or values of it.</summary>
    public static string Formula(PassCosts.Cost cost) => cost.Formula?.ToString()
        ?? string.Join(", ", cost.Table.Select(row => $"{Value(row.Value)} for {row.Tokens}"));

    /// <summary>A row of the table of gradients.</summary>
    public static string[] Gradient((GradientDescription Gradient, bool IsDeclared, string? Obstacle) row) =>
    [
        $"{row.Gradient.Kind}", row.Obstacle is null ? $"{row.Gradient.ForwardSolves}" : "", row.Obstacle is null
            ? $"{row.Gradient.BackwardSolves}" : "",
        row.IsDeclared ? $"this model's: {row.Gradient}" : row.Obstacle is { } why ? $"not for this model: {why}" : "",
    ];

    /// <summary>A row of the table of machines.</summary>
    public static string[] Machine(MachineFit fit, double? taskSeconds) =>
    [
        fit.Machine.Name, $"{fit.Machine.Limits.Spins}", fit.Obstacle is null ? $"{fit.ProblemsPerTask}" : "",
        Tasks(fit, fit.Tasks, taskSeconds), Tasks(fit, fit.StepTasks, taskSeconds), fit.Obstacle is { } why
            ? $"does not fit: {why}" : "",
    ];

    private static string Tasks(MachineFit fit, long tasks, double? taskSeconds) => fit.Obstacle is not null ? ""
        : taskSeconds is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"{tasks} ({tasks * seconds / 60:0.##} min)") : $"{tasks}";

    private static string First(double value) => double.IsNaN(value) ? "standard normal" : Report.Number(value);

    private static void Section(ParseResult parsed, string[] headers, IReadOnlyList<string[]> rows, params int[] words)
    {
        parsed.InvocationConfiguration.Output.WriteLine();
        Report.Table(parsed, headers, rows, words);
    }

    // "12 Σ_h max(0, S_h − 6)², S_h = Σ_i s[h,i]"
    [GeneratedRegex(@"^(?<value>.*?)(, (?<definition>\S+ = .*))?$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Term();
}
