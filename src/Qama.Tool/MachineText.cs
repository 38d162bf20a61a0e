using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Qama.Ising.Precision;
using Qama.Tool.Formats;
using Qama.Tool.Machines;

namespace Qama.Tool;

/// <summary>What <c>qama solve --machine</c> says of tasks and of a machine's integers, for people.</summary>
internal static class MachineText
{
    /// <summary>Prints what would be sent.</summary>
    public static void PrintPlan(
        ParseResult parsed, string path, PlainProblem problem, ProblemFormat format, MachinePlan plan, MachineSettings settings,
        double? price)
    {
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject
            {
                ["file"] = path, ["format"] = format.Id, ["variables"] = problem.Size,
                ["machine"] = MachineDocument.Create(plan, settings, price, null),
            });
            return;
        }

        Report.Line(parsed, "file", $"{path}, {format.Title} ({format.Id})");
        Report.Line(parsed, "problem", Report.Size(problem));
        Report.Line(parsed, "would send", Cost(plan, settings, price));
        PrintPrecision(parsed, plan, null);
    }

    /// <summary>Prints what was sent, and what rounding did.</summary>
    public static void PrintAnswers(
        ParseResult parsed, MachinePlan plan, MachineSettings settings, double? price, MachineAnswers answers)
    {
        string cost = price is { } each ? $", cost {Report.Number(each * answers.Submitted)}" : "";
        string place = settings.IsReal ? "its vendor" : settings.Machine;
        Report.Line(parsed, "machine", $"{plan.Machine.Name} at {place}, {Report.Number(Math.Round(answers.Seconds, 3))} s");
        Report.Line(parsed, "tasks", $"{plan.Tasks.Sum(p => p.Tasks.Count)}, {answers.Submitted} submitted now{cost}");
        PrintPrecision(parsed, plan, MachineReads.LevelsKept(answers.Reads));
    }

    /// <summary>What would be sent, and what it costs, in a line.</summary>
    public static string Cost(MachinePlan plan, MachineSettings settings, double? price)
    {
        int tasks = plan.Tasks.Sum(p => p.Tasks.Count), needed = plan.Submissions(settings);
        string spins = plan.Tasks[0].Tasks is [var first, ..] ? $" of {first.Task.SpinCount} spins ({first.Task.SpinCount - 1} and the auxiliary one)"
            : ": every variable is decided without a machine";
        string cost = price is { } each ? $", cost {Report.Number(each * needed)}" : "";
        return $"{needed} of {Report.Count(tasks, "task")}{spins} to {plan.Machine.Name}; {tasks - needed} in the journal{cost}";
    }

    private static void PrintPrecision(ParseResult parsed, MachinePlan plan, (long Kept, long Pairs)? levels)
    {
        PrecisionReport report = plan.Tasks[0].Problems[0].Report;
        string rounding = report.IsExact ? $"exact: {report.Spins} spins, {report.FieldSpins} of them for fields" : string.Create(
            CultureInfo.InvariantCulture,
            $"{report.RoundedToZero} of {report.Terms} coefficients become 0, errors in spins at most {report.MaxError:G3}, "
            + $"mean {report.MeanError:G3}, scale {report.Scale:G4}");
        Report.Line(parsed, $"in {plan.Machine.Limits.Bits} bits", rounding);
        Report.Line(parsed, "decided", $"{report.FixedVariables} of {report.Variables} variables before");
        if (levels is (var kept, > 0 and var pairs))
        {
            Report.Line(parsed, "order kept", $"{kept} of {pairs} pairs of different solutions are in the order of their energies");
        }
    }
}
