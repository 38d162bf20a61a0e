using System.Text.Json.Nodes;
using Qama.Layers;
using Qama.Tool.Inspecting;

namespace Qama.Tool;

/// <summary>What <c>qama inspect</c> says, as JSON.</summary>
internal static class InspectDocument
{
    /// <summary>The document.</summary>
    public static JsonObject Create(string path, IReadOnlyList<ModelInspection> models, int samples,
        double? taskSeconds) => new()
        {
            ["assembly"] = path,
            ["models"] = Array(models, m => Model(m, samples, taskSeconds)),
        };

    private static JsonObject Model(ModelInspection inspection, int samples, double? taskSeconds)
    {
        ModelDescriptor model = inspection.Model;
        return new()
        {
            ["name"] = model.Name,
            ["tokens"] = model.Tokens, ["keyTokens"] = model.KeyTokens, ["width"] = model.EmbeddingDim,
            ["heads"] = model.HeadCount, ["headWidth"] = model.HeadDim, ["bits"] = model.SelectionBits,
            ["scope"] = $"{model.Scope}",
            ["variables"] = model.VariableCount, ["slack"] = model.Problem.SlackCount, ["spins"] = model.SpinCount,
            ["problems"] = PassCosts.Problems(model),
            ["reads"] = model.ReadCount, ["temperature"] = model.Temperature,
            ["energy"] = InspectText.Energy(model),
            ["terms"] = Array(model.Terms, t => new JsonObject
            {
                ["name"] = t.Name, ["weight"] = Finite(t.Weight), ["formula"] = t.Formula,
            }),
            ["constraints"] = Array(model.Constraints, c =>
                new JsonObject { ["kind"] = $"{c.Kind}", ["bound"] = c.Bound }),
            ["coefficients"] = Array(model.Coefficients, c => new JsonObject
            {
                ["name"] = c.Name, ["formula"] = c.Formula, ["gradients"] = Array(c.Gradients, g => g),
            }),
            ["output"] = model.Readout,
            ["parameters"] = Array(InspectText.Learned(model), l =>
                new JsonObject { ["name"] = l[0], ["shape"] = l[1], ["first"] = l[2] }),
            ["costs"] = Array(inspection.Costs, Cost),
            ["kernels"] = Array(inspection.Kernels, k =>
                new JsonObject { ["part"] = k.Part, ["choice"] = k.Choice, ["reason"] = k.Reason }),
            ["gradients"] = Array(inspection.Gradients, g => new JsonObject
            {
                ["kind"] = $"{g.Gradient.Kind}", ["declared"] = g.IsDeclared,
                ["forward"] = g.Gradient.ForwardSolves, ["backward"] = g.Gradient.BackwardSolves,
                ["obstacle"] = g.Obstacle,
            }),
            ["samples"] = samples,
            ["machines"] = Array(inspection.Machines, m => new JsonObject
            {
                ["name"] = m.Machine.Name, ["spins"] = m.Machine.Limits.Spins, ["bits"] = m.Machine.Limits.Bits,
                ["obstacle"] = m.Obstacle, ["problemsPerTask"] = m.ProblemsPerTask,
                ["tasks"] = m.Tasks, ["stepTasks"] = m.StepTasks,
                ["minutes"] = m.Obstacle is null ? m.Tasks * taskSeconds / 60 : null,
                ["stepMinutes"] = m.Obstacle is null ? m.StepTasks * taskSeconds / 60 : null,
            }),
        };
    }

    private static JsonObject Cost(PassCosts.Cost cost) => new()
    {
        ["name"] = cost.Name, ["unit"] = cost.Unit, ["value"] = cost.Value, ["formula"] = cost.Formula?.ToString(),
        ["square"] = cost.Formula?.Square, ["linear"] = cost.Formula?.Linear, ["constant"] = cost.Formula?.Constant,
        ["table"] = Array(cost.Table, row => new JsonObject { ["tokens"] = row.Tokens, ["value"] = row.Value }),
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new([.. items.Select(node)]);
}
