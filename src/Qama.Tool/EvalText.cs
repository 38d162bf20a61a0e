using System.CommandLine;
using System.Text.Json.Nodes;
using Qama.Cim;
using Qama.Tool.Data;
using Qama.Tool.Experiments;

namespace Qama.Tool;

/// <summary>What an evaluation found.</summary>
/// <param name="Run">The run.</param>
/// <param name="Found">What the model says.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Sampler">What found the selections; null for baselines.</param>
/// <param name="Machine">What the machine's client did; null without a machine.</param>
/// <param name="Cost">What the submissions would have cost; null without a price.</param>
internal sealed record Evaluation(
    RunRecord Run, Confusion Found, IReadOnlyList<string> Classes, string? Sampler, CimStatistics? Machine, double? Cost)
{
    /// <summary>Share of the machine's answers that broke a bound and were repaired; null where the machine was told all constraints.</summary>
    public double? RepairedShare { get; init; }
}

/// <summary>An evaluation as text and as JSON.</summary>
internal static class EvalText
{
    /// <summary>Prints it.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="file">The run's result.</param>
    /// <param name="data">The folder of the data that were classified.</param>
    /// <param name="split">Their part.</param>
    /// <param name="evaluation">What was found.</param>
    public static void Print(ParseResult parsed, string file, string data, Split split, Evaluation evaluation)
    {
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, Document(file, data, split, evaluation));
            return;
        }

        Confusion found = evaluation.Found;
        Report.Line(parsed, "run", $"{evaluation.Run.Variant}, {Report.Count(evaluation.Run.Epochs.Count, "epoch")}, seed {evaluation.Run.Seed}, {file}");
        Report.Line(parsed, "data", $"{data}, {split.ToString().ToLowerInvariant()}, {Report.Count(found.Samples, "sample")}");
        if (evaluation.Sampler is { } sampler)
        {
            string infeasible = found.InfeasibleShare > 0 ? $", {Report.Percent(found.InfeasibleShare.Value)} break a hard constraint" : "";
            Report.Line(parsed, "selections", $"{sampler}, mean energy "
                + $"{Report.Number(Math.Round(found.MeanEnergy!.Value, 6))}{infeasible}");
        }

        if (evaluation.Machine is { } machine)
        {
            string cost = evaluation.Cost is { } sum ? $", which would have cost {Report.Count(sum)}" : "";
            Report.Line(parsed, "machine", $"{EmulatedMachine.Machine.Name}, emulated: {Report.Count(machine.Tasks, "task")} in "
                + $"{Report.Count(machine.Submissions, "submission")} for "
                + $"{Report.Count(machine.Problems, "problem")}{cost}");
            if (evaluation.RepairedShare is { } repaired)
            {
                Report.Line(parsed, "", $"it was not told the bounds on selections: {Report.Percent(repaired)} of its answers broke one and were "
                    + "repaired");
            }

            Report.Line(parsed, "", $"{Report.Count(machine.ProblemsWithoutTask, "problem")} needed none, packing saved "
                + $"{Report.Count(machine.TasksSaved)}; "
                + $"{Report.Percent(machine.FixedVariables / (double)Math.Max(1, machine.Variables))} of variables decided, "
                + $"{Report.Percent(machine.TermsRoundedToZero / (double)Math.Max(1, machine.Terms))} of coefficients rounded to zero");
        }

        Report.Line(parsed, "accuracy", $"{Report.Percent(found.Accuracy)}, loss {Report.Number(Math.Round(found.Loss, 4))}");
        parsed.InvocationConfiguration.Output.WriteLine();
        Report.Table(parsed, ["class", "samples", "right", "said", "mostly mistaken for"], Enumerable.Range(0, evaluation.Classes.Count)
            .Where(c => found.OfClass(c) + found.Said(c) > 0).Select(c => new[]
            {
                evaluation.Classes[c], Report.Count(found.OfClass(c)), found.OfClass(c) == 0 ? ""
                    : Percent(found.Count(c, c) / (double)found.OfClass(c)),
                Report.Count(found.Said(c)), found.Mistaken(c) is { } other
                    ? $"{evaluation.Classes[other]} ({Report.Count(found.Count(c, other))})" : "",
            }), words: 4);
    }

    private static string Percent(double share) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    private static JsonObject Document(string file, string data, Split split, Evaluation evaluation)
    {
        Confusion found = evaluation.Found;
        int classes = evaluation.Classes.Count;
        var document = new JsonObject
        {
            ["run"] = file, ["dataset"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data))), ["data"] = data,
            ["variant"] = evaluation.Run.Variant, ["seed"] = evaluation.Run.Seed,
            ["split"] = split.ToString().ToLowerInvariant(), ["sampler"] = evaluation.Sampler, ["samples"] = found.Samples,
            ["accuracy"] = found.Accuracy, ["loss"] = found.Loss, ["problems"] = found.Problems, ["meanEnergy"] = found.MeanEnergy,
            ["infeasibleShare"] = found.InfeasibleShare,
        };
        if (evaluation.Machine is { } machine)
        {
            document["machine"] = new JsonObject
            {
                ["name"] = EmulatedMachine.Machine.Name, ["emulated"] = true, ["tasks"] = machine.Tasks,
                ["submissions"] = machine.Submissions,
                ["problems"] = machine.Problems, ["problemsWithoutTask"] = machine.ProblemsWithoutTask, ["tasksSaved"] = machine.TasksSaved,
                ["decidedShare"] = machine.FixedVariables / (double)Math.Max(1, machine.Variables),
                ["roundedToZeroShare"] = machine.TermsRoundedToZero / (double)Math.Max(1, machine.Terms), ["cost"] = evaluation.Cost,
                ["repairedShare"] = evaluation.RepairedShare,
            };
        }

        document["classes"] = new JsonArray([.. Enumerable.Range(0, classes).Select(c => new JsonObject
        {
            ["class"] = evaluation.Classes[c], ["samples"] = found.OfClass(c),
            ["accuracy"] = found.OfClass(c) == 0 ? null : found.Count(c, c) / (double)found.OfClass(c), ["said"] = found.Said(c),
        })]);
        document["confusion"] = new JsonArray([.. Enumerable.Range(0, classes).Select(label =>
            new JsonArray([.. Enumerable.Range(0, classes).Select(said => JsonValue.Create(found.Count(label, said)))]))]);
        return document;
    }
}
