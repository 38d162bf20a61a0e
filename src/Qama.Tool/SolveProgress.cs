using System.Globalization;
using Qama.Tool.Formats;
using Qama.Tool.Solving;
using Spectre.Console;

namespace Qama.Tool;

/// <summary>A search with a line about it on the error output while it runs, on a terminal; elsewhere
/// without.</summary>
internal static class SolveProgress
{
    public static SolveResult Show(PlainProblem problem, SolveSettings settings, CancellationToken stop)
    {
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Ansi)
        {
            return Solver.Run(problem, settings, null, stop);
        }

        return console.Status().Start($"{settings.Sampler} ...", context => Solver.Run(
            problem, settings,
            (reads, energy) => context.Status = string.Create(
                CultureInfo.InvariantCulture,
                $"{settings.Sampler}: {Report.Count(reads, "read")}, {Report.ValueName(problem.Objective)} "
                + $"{Report.Number(problem.Value(energy))}"),
            stop));
    }
}
