using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Files;
using Qama.Tool.Journals;

namespace Qama.Tool;

/// <summary><c>qama journal</c>: what is in the journal of a machine's client. But for <c>resume</c>, <c>end</c>
/// and <c>replay</c> it reads a copy, also while a program uses the journal.</summary>
internal static class JournalCommand
{
    private static readonly Argument<string> _journal = CommandLine.Path("JOURNAL", "The journal's file.");

    private static readonly Argument<string> _task =
        new("TASK") { Description = "A task: its name, its id at the machine, or the start of its key." };

    private static readonly Argument<string> _out = CommandLine.Path("OUT", "The file to write; replaced as a whole.");

    private static readonly Argument<string> _recording = CommandLine.Path("RECORDING", "The recording's file.");

    private static readonly Option<string?> _state =
        CommandLine.Name("--state", "Tasks in this state alone", Enum.GetNames<JournalState>());

    private static readonly Option<string?> _to = CommandLine.Name(
        "--to", "What to write; json and csv by the extension unless given, recording otherwise",
            ["json", "csv", "recording"]);

    private static readonly Option<double?> _price = CommandLine.Number(
        "--price", "What a submission costs: sums are printed in the same unit.", "a number of 0 or more", x => x >= 0);

    private static readonly Option<double?> _wait = CommandLine.Number(
        "--wait", "Seconds for which tasks that are not finished are asked for again; once unless given.",
            "a number above 0, at most 4000000",
        x => x is > 0 and <= 4e6);

    private static readonly Option<Uri?> _address = new("--address")
    {
        Description = "Address of the machine's web API, or of the emulator; the vendor's unless given.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? address))
            {
                return address;
            }

            result.AddError($"--address: expected an address such as http://127.0.0.1:8550, got '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    public static Command Create() => new(
        "journal", "Looks into the journal of tasks that were sent to a machine: list, show, cost and export read a copy of it; "
        + "resume, end and replay write into it.")
    {
        Verb("list", "Lists the tasks and their states.", ListAsync, _journal, [_state, CommandLine.Json]),
        Verb("show", "Shows a task with its solutions.", ShowAsync, _journal, [CommandLine.Json], _task),
        Verb("cost", "Counts submissions by day, caller and machine.", CostAsync, _journal, [_price, CommandLine.Json]),
        Verb("export", "Writes all tasks: as JSON with solutions, as a table, or the results as a recording.",
            ExportAsync, _journal, [_to], _out),
        Verb("resume", "Asks the machine for the answers of tasks that are running and records them. Nothing is submitted.",
            ResumeAsync, _journal, [_address, _wait, CommandLine.Json]),
        JournalEndCommand.Create(_journal, _task),
        Verb("replay", "Puts the results of a recording into a journal: the next run of the same problems is answered from it.",
            ReplayAsync, _recording, [], _journal),
    };

    private static Command Verb(
        string name, string description, Func<ParseResult, CancellationToken, Task<int>> run, Argument<string> first,
            Option[] options,
        Argument<string>? second = null)
    {
        var command = new Command(name, description) { first };
        if (second is not null)
        {
            command.Arguments.Add(second);
        }

        Array.ForEach(options, command.Options.Add);
        command.Does((parsed, stop) => run(parsed, stop).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken stop)
    {
        await using CimJournal journal = await SnapshotAsync(parsed, stop).ConfigureAwait(false);
        IReadOnlyList<JournalEntry> all = await journal.ListAsync().ConfigureAwait(false);
        JournalEntry[] entries = [.. all.Where(e => parsed.GetValue(_state) is not { } state || $"{e.State}" == state)];
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject
            {
                ["journal"] = parsed.GetValue(_journal),
                ["tasks"] = new JsonArray([.. entries.Select(JournalExport.Task)]),
            });
            return Program.Done;
        }

        Report.Line(parsed, "journal", parsed.GetValue(_journal)!);
        Report.Line(parsed, "tasks", all.Count == 0 ? "0" : $"{all.Count}: "
            + string.Join(", ", all.GroupBy(e => e.State).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}")));
        if (entries.Length > 0)
        {
            parsed.InvocationConfiguration.Output.WriteLine();
            Report.Table(
                parsed, ["task", "machine", "spins", "state", "submissions", "last", "took", "id or reason"],
                [.. entries.Select(e => new[]
                {
                    e.Name, e.Machine, $"{e.SpinCount}", $"{e.State}", $"{e.Submissions}",
                        JournalExport.Time(e.SubmittedAt) ?? "", Took(e),
                    e.Reason.Length > 0 ? e.Reason.ReplaceLineEndings(" ") : e.TaskId ?? "",
                })], 1, 3, 5, 7);
        }

        return Program.Done;
    }

    private static async Task<int> ShowAsync(ParseResult parsed, CancellationToken stop)
    {
        string path = parsed.GetValue(_journal)!, asked = parsed.GetValue(_task)!;
        await using CimJournal journal =
            await CimJournal.OpenSnapshotAsync(path, cancellationToken: stop).ConfigureAwait(false);
        JournalEntry listed = await JournalTask.FindAsync(journal, path, asked).ConfigureAwait(false);
        JournalEntry entry = await journal.FindReadableAsync(listed.Key).ConfigureAwait(false) ?? listed;
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, JournalExport.Task(entry));
            return Program.Done;
        }

        Report.Line(parsed, "task", entry.Name);
        Report.Line(parsed, "key", entry.Key);
        Report.Line(parsed, "machine", $"{entry.Machine}, {entry.SpinCount} spins, uploaded as {entry.Form}");
        Report.Line(parsed, "state", entry.Reason.Length > 0 ? $"{entry.State}: {entry.Reason}" : $"{entry.State}");
        Report.Line(parsed, "id", entry.TaskId ?? "none");
        Report.Line(parsed, "submissions", entry.SubmittedAt is null ? $"{entry.Submissions}"
            : $"{entry.Submissions}, the last {JournalExport.Time(entry.SubmittedAt)}");
        if (entry.FinishedAt is not null)
        {
            string after = Took(entry) is { Length: > 0 } took ? $", after {took}" : "";
            Report.Line(parsed, "ended", $"{JournalExport.Time(entry.FinishedAt)}{after}");
        }

        for (int r = 0; r < entry.Rows.Count; r++)
        {
            string energy = JournalExport.Energy(entry, r) is { } value ? Report.Number(value) : "no energy";
            Report.Line(parsed, $"solution {r + 1}", $"{energy} {JournalExport.Spins(entry.Rows[r])}");
        }

        return Program.Done;
    }

    private static async Task<int> CostAsync(ParseResult parsed, CancellationToken stop)
    {
        await using CimJournal journal = await SnapshotAsync(parsed, stop).ConfigureAwait(false);
        JournalSummary summary = await JournalSummary.OfAsync(journal).ConfigureAwait(false);
        double? price = parsed.GetValue(_price);
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject
            {
                ["journal"] = parsed.GetValue(_journal), ["submissions"] = summary.Submissions,
                ["cost"] = summary.Submissions * price,
                ["days"] = new JsonArray([.. summary.Days.Select(d => new JsonObject
                {
                    ["day"] = Day(d.Day), ["caller"] = d.Caller, ["submissions"] = d.Submissions,
                    ["cost"] = d.Submissions * price,
                })]),
                ["machines"] = new JsonArray([.. summary.Machines.Select(m => new JsonObject
                {
                    ["name"] = m.Machine, ["tasks"] = m.Tasks, ["submissions"] = m.Submissions,
                    ["done"] = m.Done, ["hours"] = m.Hours,
                })]),
            });
            return Program.Done;
        }

        Report.Line(parsed, "journal", parsed.GetValue(_journal)!);
        string cost = price is { } p ? $", cost {Report.Count(summary.Submissions * p)}" : "";
        Report.Line(parsed, "submissions", $"{summary.Submissions}{cost}");
        if (summary.Days.Count > 0)
        {
            parsed.InvocationConfiguration.Output.WriteLine();
            Report.Table(parsed, ["day (UTC)", "caller", "submissions", .. price is null ? Array.Empty<string>()
                : ["cost"]],
                [.. summary.Days.Select(d => (string[])
                [
                    Day(d.Day), d.Caller, $"{d.Submissions}", .. price is { } each
                        ? [Report.Count(d.Submissions * each)] : Array.Empty<string>(),
                ])], 1);
        }

        if (summary.Machines.Count > 0)
        {
            parsed.InvocationConfiguration.Output.WriteLine();
            Report.Table(parsed, ["machine", "tasks", "submissions", "done", "hours until done"],
                [.. summary.Machines.Select(m => new[]
                {
                    m.Machine, $"{m.Tasks}", $"{m.Submissions}", $"{m.Done}",
                        m.Hours.ToString("0.###", CultureInfo.InvariantCulture),
                })]);
        }

        return Program.Done;
    }

    private static async Task<int> ExportAsync(ParseResult parsed, CancellationToken stop)
    {
        string path = parsed.GetValue(_out)!;
        OutputFile.Check("OUT", path, parsed.GetValue(_journal));
        string to = parsed.GetValue(_to) ?? Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".JSON" => "json",
            ".CSV" => "csv",
            _ => "recording",
        };
        await using CimJournal journal = await SnapshotAsync(parsed, stop).ConfigureAwait(false);
        if (to == "recording")
        {
            int count = await Recording.ExportAsync(journal, path, stop).ConfigureAwait(false);
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"{path}: {Report.Count(count, "result")}.").ConfigureAwait(
                false);
            return Program.Done;
        }

        List<JournalEntry> entries = [];
        foreach (JournalEntry listed in await journal.ListAsync().ConfigureAwait(false))
        {
            stop.ThrowIfCancellationRequested();
            entries.Add(await journal.FindReadableAsync(listed.Key).ConfigureAwait(false) ?? listed);
        }

        AtomicFiles.WriteText(path, writer =>
        {
            if (to == "json")
            {
                writer.WriteLine(Report.Text(
                    new JsonObject { ["tasks"] = new JsonArray([.. entries.Select(JournalExport.Task)]) }));
                return;
            }

            foreach (string line in JournalExport.Csv(entries))
            {
                writer.WriteLine(line);
            }
        });
        await parsed.InvocationConfiguration.Error.WriteLineAsync($"{path}: {Report.Count(entries.Count, "task")}.").ConfigureAwait(
            false);
        return Program.Done;
    }

    private static async Task<int> ResumeAsync(ParseResult parsed, CancellationToken stop)
    {
        await using QbosonTransport transport = Transport(parsed.GetValue(_address));
        await using CimJournal journal = Existing(parsed.GetValue(_journal)!);
        TimeSpan wait = TimeSpan.FromSeconds(parsed.GetValue(_wait) ?? 0.001);
        var answers = new JsonArray();
        int wrong = await JournalResume.RunAsync(journal, transport, wait, (entry, problem) =>
        {
            if (problem is not null)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"{entry.Name}: {problem}");
            }

            answers.Add(new JsonObject
            {
                ["name"] = entry.Name, ["key"] = entry.Key,
                ["state"] = $"{entry.State}", ["problem"] = problem
            });
            if (!parsed.GetValue(CommandLine.Json))
            {
                Report.Line(parsed, $"{entry.State}", entry.Name);
            }
        }, stop).ConfigureAwait(false);
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, new JsonObject { ["journal"] = parsed.GetValue(_journal), ["tasks"] = answers });
        }
        else if (answers.Count == 0)
        {
            Report.Line(parsed, "tasks", "none is running");
        }

        return wrong > 0 ? Program.BadInput : Program.Done;
    }

    private static async Task<int> ReplayAsync(ParseResult parsed, CancellationToken stop)
    {
        string recording = parsed.GetValue(_recording)!;
        OutputFile.Check("JOURNAL", parsed.GetValue(_journal), recording);
        await Recording.ReadAsync(recording, stop).ConfigureAwait(false); // before a journal is made for it
        await using CimJournal journal = CimJournal.Open(parsed.GetValue(_journal)!);
        int count = await Recording.ImportAsync(journal, recording, stop).ConfigureAwait(false);
        Report.Line(parsed, "journal", parsed.GetValue(_journal)!);
        Report.Line(parsed, "new", Report.Count(count, "result"));
        return Program.Done;
    }

    private static Task<CimJournal> SnapshotAsync(ParseResult parsed, CancellationToken stop) =>
        CimJournal.OpenSnapshotAsync(parsed.GetValue(_journal)!, cancellationToken: stop);

    // To open one makes one.
    internal static CimJournal Existing(string path) => File.Exists(path)
        ? CimJournal.Open(path) : throw new FileNotFoundException($"{path}: there is no such journal.");

    private static QbosonTransport Transport(Uri? address)
    {
        QbosonOptions options = address is null ? new() : new() { AuthAddress = address, TaskAddress = address };
        CimCredentials credentials = CimCredentials.Find()
            ?? (address is { IsLoopback: true } ? new CimCredentials("emulator", "emulator")
                : throw new InvalidDataException(
                $"There are no credentials: set {CimCredentials.UserVariable} and {CimCredentials.CodeVariable}, or {CimCredentials.FileVariable}."));
        try
        {
            return new QbosonTransport(options, credentials);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"--address: {e.Message}", e);
        }
    }

    private static string Took(JournalEntry entry) => MachineSummary.Duration(entry) is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s") : "";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
