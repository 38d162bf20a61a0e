using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Qama.Files;
using Qama.Tool.Formats;
using Qama.Tool.Solving;

namespace Qama.Tool;

/// <summary><c>qama solve FILE</c>.</summary>
internal static class SolveCommand
{
    private const int LongestState = 120; // characters of a state that is printed
    private const int UsualReads = 10;

    private static readonly Option<string?> _sampler =
        CommandLine.Name("--sampler", "How to search, sa unless given", Samplers.Names);
    private static readonly Option<int?> _sweeps =
        CommandLine.Whole("--sweeps",
            $"Sweeps of a read; {SolveSettings.UsualSweeps} unless given, or with --seconds more and more.", 1,
            10_000_000);

    private static readonly Option<double?> _seconds = CommandLine.Number(
        "--seconds", "Repeat reads for so long.", "a number above 0, at most 1000000", x => x is > 0 and <= 1e6);

    private static readonly Option<int?> _reads =
        CommandLine.Whole("--reads",
            $"Independent reads, {UsualReads} unless given; with --seconds how many of the best are kept.", 1, 100_000);

    private static readonly Option<int?> _seed =
        CommandLine.Whole("--seed", "What random numbers depend on; 1 unless given.", 0, int.MaxValue);
    private static readonly Option<int?> _threads =
        CommandLine.Whole("--threads",
            "Threads; all processors unless given. With --sweeps results do not depend on it.", 1, 1024);

    private static readonly Option<double?> _known =
        CommandLine.Number("--known", "The best value known, in the file's terms: the gap to it is printed.",
            "a finite number", _ => true);

    private static readonly Option<string?> _out =
        new("--out") { Description = "Write all states that are kept to this file, as JSON.", HelpName = "FILE" };

    private static readonly Option<string?> _trace = new("--trace")
    {
        Description = "Write the course of sa to this file: temperature, acceptance, changes and values of every sweep, for qama report.",
        HelpName = "FILE",
    };

    private static readonly Option<string[]?> _compare = new("--compare")
    {
        Description = $"Try several samplers with the same budget, one after another, and draw the race: "
            + $"{string.Join(", ", Samplers.Names)}; with commas.",
        HelpName = "NAMES",
        Arity = ArgumentArity.ExactlyOne, // several are one word; without any the parser is not asked
        CustomParser = result =>
        {
            string[] names = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);
            foreach (string twice in names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key))
            {
                result.AddError($"--compare: expected each sampler once, got '{twice}' several times.");
            }

            foreach (string wrong in names.Where(n => !Samplers.Names.Contains(n)))
            {
                result.AddError($"--compare: expected some of {string.Join(", ", Samplers.Names)}, with commas, "
                    + $"got '{wrong}'.");
            }

            return names;
        },
    };

    public static Command Create()
    {
        var command = new Command("solve", "Looks for the state of lowest energy, largest value or largest cut.")
        {
            CommandLine.File, _sampler, _sweeps, _seconds, _reads, _seed, _threads, _known, _out, _trace, _compare,
            CommandLine.Json,
        };
        CommandLine.AddInput(command);
        SolveAtMachine.AddTo(command, _sampler, _sweeps, _seconds, _reads, _threads, _compare, _trace);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_compare) is not null && result.GetResult(_sampler) is not null)
            {
                result.AddError("--compare and --sampler exclude each other.");
            }

            bool annealed = result.GetResult(_compare) is null && result.GetResult(_seconds) is null
                && (result.GetResult(_sampler) is not { } sampler || sampler.Tokens.All(t => t.Value == "sa"));
            if (result.GetResult(_trace) is not null && !annealed)
            {
                result.AddError("--trace is of --sampler sa with --sweeps alone.");
            }

            bool exact = result.GetResult(_sampler) is { } one && one.Tokens.Any(t => t.Value == Samplers.Exact);
            if (exact && (result.GetResult(_sweeps) is not null || result.GetResult(_seconds) is not null))
            {
                result.AddError("exact visits all states: leave out --sweeps and --seconds.");
            }
        });
        command.Does(Run);
        return command;
    }

    private static bool IsComparison(ParseResult parsed) => parsed.GetResult(_compare) is not null;

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        string path = parsed.GetValue(CommandLine.File)!;
        (string? file, string? trace) = (parsed.GetValue(_out), parsed.GetValue(_trace));
        OutputFile.Check("--out", file, path);
        OutputFile.Check("--trace", trace, path, file);
        (PlainProblem problem, ProblemFormat format) = CommandLine.Read(parsed, path, stop);
        if (SolveAtMachine.IsAsked(parsed))
        {
            return SolveAtMachine.Run(
                parsed, path, problem, format, parsed.GetValue(_seed) ?? 1, parsed.GetValue(_known), file, stop);
        }

        string[] names = IsComparison(parsed) ? parsed.GetValue(_compare)! : [parsed.GetValue(_sampler) ?? "sa"];
        List<SolveResult> results = [];
        foreach (string name in names)
        {
            var settings = new SolveSettings(
                name, parsed.GetValue(_sweeps), parsed.GetValue(_seconds), parsed.GetValue(_reads) ?? UsualReads,
                parsed.GetValue(_seed) ?? 1,
                parsed.GetValue(_threads) ?? 0);
            results.Add(SolveProgress.Show(problem, settings, stop));
            if (results[^1].IsCancelled)
            {
                break;
            }
        }

        bool cancelled = results[^1].IsCancelled;
        SolveResult[] found = [.. results.Where(r => r.Best is not null)];
        if (found.Length == 0)
        {
            parsed.InvocationConfiguration.Error.WriteLine("Ended before anything was found.");
            return Program.Cancelled;
        }

        if (trace is not null && !cancelled)
        {
            WriteTrace(trace, path, format, problem, results[0].Settings, stop);
        }

        if (file is not null)
        {
            string text = Report.Text(
                SolveDocument.Create(path, format, problem, found, parsed.GetValue(_known), allStates: true));
            AtomicFiles.WriteText(file, writer => writer.WriteLine(text));
        }

        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, SolveDocument.Create(
                path, format, problem, found, parsed.GetValue(_known), allStates: false));
        }
        else
        {
            Print(parsed, path, format, problem, found);
        }

        if (cancelled)
        {
            parsed.InvocationConfiguration.Error.WriteLine("Ended before the search was: this is the best so far.");
        }

        return cancelled ? Program.Cancelled : Program.Done;
    }

    /// <summary>Prints what was found.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="path">The problem's file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="best">The best result.</param>
    /// <param name="printSearch">Prints how it was searched for.</param>
    public static void PrintBest(
        ParseResult parsed, string path, ProblemFormat format, PlainProblem problem, SolveResult best, Action printSearch)
    {
        double value = problem.Value(best.Best!.Energy);
        Report.Line(parsed, "file", $"{path}, {format.Title} ({format.Id})");
        Report.Line(parsed, "problem", Report.Size(problem));
        printSearch();
        Report.Line(parsed, Report.ValueName(problem.Objective), Report.Number(value) + (best.IsFirstLook
            ? ", of a first short read: no other ended" : $", {Report.Count(best.ReadsAtBest)} of {Report.Count(best.Reads, "read")}"));
        if (parsed.GetValue(_known) is { } known)
        {
            Report.Line(parsed, "known", $"{Report.Number(known)}, {SolveDocument.GapText(problem, value, known)}");
        }

        if (StateText(problem, best.Best.State) is { } state)
        {
            Report.Line(parsed, "state", state);
        }
    }

    private static void WriteTrace(
        string file, string path, ProblemFormat format, PlainProblem problem, SolveSettings settings, CancellationToken stop)
    {
        if (problem.Size == 0)
        {
            throw new InvalidDataException($"{path}: it has no variables: there is no course to write to {file}.");
        }

        string text = Report.Text(SolveDocument.Trace(path, format, problem, settings, AnnealingTrace.Record(problem, settings, stop)));
        AtomicFiles.WriteText(file, writer => writer.WriteLine(text));
    }

    private static void Print(
        ParseResult parsed, string path, ProblemFormat format, PlainProblem problem, SolveResult[] results)
    {
        SolveResult best = results.MinBy(r => r.Best!.Energy)!;
        PrintBest(parsed, path, format, problem, best, () =>
        {
            if (IsComparison(parsed))
            {
                PrintTable(parsed, problem, results);
            }
            else
            {
                Report.Line(parsed, "sampler",
                    $"{best.Settings.Sampler}, seed {best.Settings.Seed}, {Report.Number(Math.Round(best.Seconds, 3))} s");
            }
        });
    }

    private static void PrintTable(ParseResult parsed, PlainProblem problem, SolveResult[] results)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        double? known = parsed.GetValue(_known);
        string[] headers = ["sampler", Report.ValueName(problem.Objective), "reads at it", "reads", "seconds",
            .. known is null ? Array.Empty<string>() : ["gap"]];
        List<string[]> rows = [];
        foreach (SolveResult result in results)
        {
            double value = problem.Value(result.Best!.Energy);
            string[] cells =
            [
                result.Settings.Sampler, Report.Number(value),
                result.ReadsAtBest.ToString(CultureInfo.InvariantCulture),
                result.Reads.ToString(CultureInfo.InvariantCulture),
                result.Seconds.ToString("0.###", CultureInfo.InvariantCulture),
                .. known is { } k ? [SolveDocument.GapText(problem, value, k)] : Array.Empty<string>(),
            ];
            rows.Add(cells);
        }

        output.WriteLine();
        Report.Table(parsed, headers, rows);
        output.WriteLine();
        foreach (string line in RaceChart.Draw([.. results.Select(Race)], 60))
        {
            output.WriteLine(line);
        }

        output.WriteLine();

        (string, IReadOnlyList<(double, double)>) Race(SolveResult result) =>
            (result.Settings.Sampler, [.. result.Race.Select(p => (p.Seconds, problem.Value(p.Energy)))]);
    }

    // Bits as 0 and 1, spins as - and +; of what is named, what is 1 or up.
    private static string? StateText(PlainProblem problem, sbyte[] state)
    {
        (char low, char high) = problem.Kind == VariableKind.Binary ? ('0', '1') : ('-', '+');
        string text = problem.Labels is { } labels
            ? $"{high}: {string.Join(' ', labels.Where((_, i) => state[i] > 0).Select(VariableLabels.Plain))}"
            : string.Concat(state.Select(s => s > 0 ? high : low));
        return text.Length is 0 or > LongestState ? null : text;
    }
}
