using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Qama.Ising.Precision;
using Qama.Tool.Describing;
using Qama.Tool.Formats;

namespace Qama.Tool;

/// <summary><c>qama info FILE</c>.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var command = new Command(
            "info", "Says what is in a problem: sizes, coefficients, parts, what is decided, what 8 bits lose.")
        {
            CommandLine.File, CommandLine.Json,
        };
        CommandLine.AddInput(command);
        command.Does(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        string path = parsed.GetValue(CommandLine.File)!;
        (PlainProblem problem, ProblemFormat format) = CommandLine.Read(parsed, path, stop);
        ProblemDescription description = ProblemDescription.Of(problem);
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, Document(path, problem, format, description));
            return Program.Done;
        }

        Report.Line(parsed, "file", $"{path}, {format.Title} ({format.Id})");
        Report.Line(parsed, "looks for", Report.Goal(problem.Objective));
        Report.Line(parsed, "problem", Report.Size(problem));
        Report.Line(parsed, "offset", Report.Number(problem.Offset));
        Report.Line(parsed, "density", $"{Report.Percent(problem.Density)} of pairs interact");
        Report.Line(parsed, "coefficients",
            $"{Report.Number(description.Least)} to {Report.Number(description.Most)}, "
            + $"{description.Distinct} different");
        Report.Line(parsed, "integers", description.Bits is { } bits
            ? $"{bits} bits, in units of {Report.Number(description.Unit)}" : "more than 24 bits");
        Report.Line(parsed, "parts",
            $"{description.Parts}, the largest of {description.LargestPart} variables, {description.Alone} "
            + "variables alone");
        Report.Line(parsed, "decided", $"{description.Decided} variables by {FieldRule.Words}");
        Report.Line(parsed, "in 8 bits", EightBits(description.EightBits));
        return Program.Done;
    }

    private static string EightBits(PrecisionReport? report) => report switch
    {
        null => "not computed for so many variables",
        { IsExact: true } => $"exact: {report.Spins} spins, {report.FieldSpins} of them for fields",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{report.RoundedToZero} of {report.Terms} coefficients become 0, errors in spins at most "
            + $"{report.MaxError:G3}, mean {report.MeanError:G3}"),
    };

    private static JsonObject Document(
        string path, PlainProblem problem, ProblemFormat format, ProblemDescription description) => new()
        {
            ["file"] = path,
            ["format"] = format.Id,
            ["objective"] = Report.Goal(problem.Objective),
            ["kind"] = ProblemFormat.Word(problem.Kind),
            ["variables"] = problem.Size,
            ["couplings"] = problem.PairCount,
            ["linear"] = problem.LinearCount,
            ["offset"] = problem.Offset,
            ["density"] = problem.Density,
            ["least"] = description.Least,
            ["most"] = description.Most,
            ["distinct"] = description.Distinct,
            ["bits"] = description.Bits,
            ["unit"] = description.Unit,
            ["parts"] = description.Parts,
            ["largestPart"] = description.LargestPart,
            ["alone"] = description.Alone,
            ["decided"] = description.Decided,
            ["decidedBy"] = FieldRule.Words,
            ["eightBits"] = description.EightBits is not { } report ? null : new JsonObject
            {
                ["exact"] = report.IsExact, ["spins"] = report.Spins, ["fieldSpins"] = report.FieldSpins,
                ["terms"] = report.Terms,
                ["roundedToZero"] = report.RoundedToZero, ["maxError"] = report.MaxError, ["meanError"] = report.MeanError,
            },
        };
}
