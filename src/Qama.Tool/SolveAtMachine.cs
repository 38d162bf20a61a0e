using System.CommandLine;
using System.Text.Json.Nodes;
using Qama.Cim;
using Qama.Files;
using Qama.Tool.Formats;
using Qama.Tool.Machines;
using Qama.Tool.Solving;

namespace Qama.Tool;

/// <summary><c>qama solve FILE --machine</c>.</summary>
internal static class SolveAtMachine
{
    private const double UsualWait = 3600;

    private static readonly Option<string?> _machine = new("--machine")
    {
        Description = "Solve it on a machine: emulator (one in this process), the address of one on this computer, or "
            + "CPQC-550 or CPQC-1000, which tasks are paid for, with credentials of the environment.",
        HelpName = "NAME|URL",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            string? known = MachineSettings.Names.FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (known is null && MachineSettings.AddressOf(text) is null)
            {
                result.AddError($"--machine: expected {string.Join(", ", MachineSettings.Names)} or an address on this computer such as "
                    + $"http://127.0.0.1:8550, got '{text}'.");
            }

            return known ?? text;
        },
    };

    private static readonly Option<string?> _journal = new("--journal")
    {
        Description = "The record of what was sent: what it has answers for is not sent again. Needed for a machine that is paid for.",
        HelpName = "FILE",
    };

    private static readonly Option<int?> _tasks =
        CommandLine.Whole("--tasks", "Tasks of the same problem, each with solutions of its own; 1 unless given.", 1, 1000);

    private static readonly Option<int?> _maxTasks =
        CommandLine.Whole("--max-tasks", "Most tasks to submit. Needed for a machine that is paid for.", 0, 1_000_000);

    private static readonly Option<int?> _maxPerDay =
        CommandLine.Whole("--max-tasks-per-day", "Most tasks that the journal may have submitted in a day (UTC).", 0, 1_000_000);

    private static readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Say what would be sent and what rounding does; send nothing.",
    };

    private static readonly Option<double?> _price = CommandLine.Number(
        "--price", "What a submission costs: the sum is printed in the same unit.", "a number of 0 or more", x => x >= 0);

    private static readonly Option<double?> _wait = CommandLine.Number(
        "--wait", $"Seconds that are waited for a task, {UsualWait} unless given.", "a number above 0, at most 4000000",
        x => x is > 0 and <= 4e6);

    private static readonly Option<bool> _failed = new("--resubmit-failed") { Description = "Submit tasks again that failed." };

    private static readonly Option<bool> _unknown = new("--resubmit-unknown")
    {
        Description = "Submit tasks again whose outcome is unknown: they may be paid for twice.",
    };

    private static readonly Option[] _own = [_journal, _tasks, _maxTasks, _maxPerDay, _dryRun, _price, _wait, _failed, _unknown];

    /// <summary>Gives a command the options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="others">Options of other searches, with which they make no sense.</param>
    public static void AddTo(Command command, params Option[] others)
    {
        Array.ForEach([_machine, .. _own], command.Options.Add);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_machine) is null)
            {
                foreach (Option option in _own.Where(o => result.GetResult(o) is { Implicit: false }))
                {
                    result.AddError($"{option.Name} is of a machine: name it with --machine.");
                }

                return;
            }

            foreach (Option option in others.Where(o => result.GetResult(o) is { Implicit: false }))
            {
                result.AddError($"--machine and {option.Name} exclude each other.");
            }

            // Errors of a value are told by its own parser.
            string name = result.GetResult(_machine)!.Tokens is [var token] ? token.Value : MachineSettings.Emulator;
            bool isReal = MachineSettings.Names.Any(
                n => n != MachineSettings.Emulator && n.Equals(name, StringComparison.OrdinalIgnoreCase));
            bool isDry = result.GetResult(_dryRun) is { Implicit: false };
            if (isReal && !isDry && (result.GetResult(_maxTasks) is null || result.GetResult(_journal) is null))
            {
                result.AddError("A machine that is paid for needs a budget and a record: --max-tasks N and --journal FILE. "
                    + "--dry-run says what would be sent.");
            }
        });
    }

    /// <summary>Whether the command line asks for a machine.</summary>
    public static bool IsAsked(ParseResult parsed) => parsed.GetResult(_machine) is not null;

    /// <summary>Plans, sends, and prints what was found.</summary>
    public static int Run(
        ParseResult parsed, string path, PlainProblem problem, ProblemFormat format, int seed, double? known, string? file,
        CancellationToken stop)
    {
        OutputFile.Check("--journal", parsed.GetValue(_journal), path, file);
        var settings = new MachineSettings(
            parsed.GetValue(_machine)!, parsed.GetValue(_journal), parsed.GetValue(_tasks) ?? 1, parsed.GetValue(_maxTasks),
            parsed.GetValue(_maxPerDay), (parsed.GetValue(_failed), parsed.GetValue(_unknown)),
            TimeSpan.FromSeconds(parsed.GetValue(_wait) ?? UsualWait), seed);
        MachinePlan plan = MachinePlan.CreateAsync(problem, settings, stop).GetAwaiter().GetResult();
        double? price = parsed.GetValue(_price);
        if (parsed.GetValue(_dryRun))
        {
            MachineText.PrintPlan(parsed, path, problem, format, plan, settings, price);
            return Program.Done;
        }

        TextWriter errors = parsed.InvocationConfiguration.Error;
        if (settings.IsReal)
        {
            errors.WriteLine(MachineText.Cost(plan, settings, price)); // before anything is spent
        }

        MachineAnswers answers;
        try
        {
            answers = MachineRun.SendAsync(problem, plan, settings, null, stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            errors.WriteLine(settings.Journal is null ? "Ended before anything was found."
                : settings.Machine == MachineSettings.Emulator
                    ? "Ended, and the emulator with it. What it had not answered is given up: --resubmit-failed submits it again."
                : "Ended. What has left is in the journal: start again to go on with it.");
            return Program.Cancelled;
        }

        SolveResult result = Result(settings, plan, answers);
        JsonObject Document(bool allStates)
        {
            JsonObject document = SolveDocument.Create(path, format, problem, [result], known, allStates);
            document["runs"]![0]!["machine"] = MachineDocument.Create(plan, settings, price, answers);
            return document;
        }

        if (file is not null)
        {
            AtomicFiles.WriteText(file, writer => writer.WriteLine(Report.Text(Document(allStates: true))));
        }

        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, Document(allStates: false));
            return Program.Done;
        }

        SolveCommand.PrintBest(
            parsed, path, format, problem, result, () => MachineText.PrintAnswers(parsed, plan, settings, price, answers));
        return Program.Done;
    }

    private static SolveResult Result(MachineSettings settings, MachinePlan plan, MachineAnswers answers)
    {
        FoundState[] states =
        [
            .. answers.Reads.Select((r, k) => new FoundState(k, r.Energy, r.State, answers.Seconds))
                .OrderBy(s => s.Energy).ThenBy(s => s.Read),
        ];
        int best = states.Count(s => s.Energy - states[0].Energy <= 1e-9 * Math.Abs(states[0].Energy));
        return new(
            new SolveSettings(plan.Machine.Name, null, null, states.Length, settings.Seed, 0), states, states.Length, best, [],
            answers.Seconds, IsCancelled: false, IsFirstLook: false);
    }
}
