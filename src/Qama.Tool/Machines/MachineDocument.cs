using System.Text.Json.Nodes;
using Qama.Cim;
using Qama.Ising.Precision;

namespace Qama.Tool.Machines;

/// <summary>What is sent to a machine and what rounding does, as JSON.</summary>
internal static class MachineDocument
{
    /// <summary>Tasks, cost and precision.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="price">What a submission costs, or null.</param>
    /// <param name="answers">What the machine answered; null of a dry run.</param>
    public static JsonObject Create(MachinePlan plan, MachineSettings settings, double? price, MachineAnswers? answers)
    {
        var document = new JsonObject
        {
            ["name"] = plan.Machine.Name,
            ["at"] = settings.Machine,
            ["journal"] = settings.Journal,
            ["tasks"] = new JsonArray([.. plan.Tasks.SelectMany(p => p.Tasks.Select((t, k) => (JsonNode)new JsonObject
            {
                ["name"] = t.Task.Name, ["key"] = t.Task.Key, ["spins"] = t.Task.SpinCount, ["known"] = State(p, k),
            }))]),
            [answers is null ? "toSubmit" : "submitted"] = answers?.Submitted ?? plan.Submissions(settings),
            ["cost"] = price * (answers?.Submitted ?? plan.Submissions(settings)),
            ["precision"] = Precision(plan.Tasks[0].Problems[0].Report, plan.Machine.Limits.Bits),
        };
        if (answers is not null)
        {
            (long kept, long pairs) = MachineReads.LevelsKept(answers.Reads);
            (document["precision"]!["pairs"], document["precision"]!["pairsKept"]) = (pairs, kept);
        }

        return document;
    }

    private static string? State(CimPlan plan, int task) =>
        task < plan.Known.Count && plan.Known[task] is { } entry ? $"{entry.State}" : null;

    private static JsonObject Precision(PrecisionReport report, int bits) => new()
    {
        ["bits"] = bits, ["exact"] = report.IsExact, ["scale"] = report.Scale, ["maxError"] = report.MaxError,
        ["meanError"] = report.MeanError, ["terms"] = report.Terms, ["roundedToZero"] = report.RoundedToZero,
        ["variables"] = report.Variables, ["decided"] = report.FixedVariables, ["spins"] = report.Spins,
        ["fieldSpins"] = report.FieldSpins, ["parts"] = report.Components,
    };
}
