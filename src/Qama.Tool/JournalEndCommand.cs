using System.CommandLine;
using Qama.Cim.Journal;
using Qama.Tool.Journals;

namespace Qama.Tool;

/// <summary><c>qama journal end JOURNAL TASK</c>: a task whose answer will never come is given up.</summary>
internal static class JournalEndCommand
{
    private static readonly Option<string?> _reason = new("--reason")
    {
        Description = "Why, for the record; 'given up by hand' unless given.", HelpName = "TEXT",
    };

    public static Command Create(Argument<string> journal, Argument<string> task)
    {
        var command = new Command(
            "end", "Gives up a running task whose answer will never come: it is then of unknown outcome. The machine is told nothing.")
        {
            journal, task, _reason, CommandLine.Json,
        };
        command.Does((parsed, _) => RunAsync(parsed, parsed.GetValue(journal)!, parsed.GetValue(task)!).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string path, string asked)
    {
        await using CimJournal journal = JournalCommand.Existing(path);
        JournalEntry entry = await JournalTask.FindAsync(journal, path, asked).ConfigureAwait(false);
        if (entry.State != JournalState.Running)
        {
            throw new InvalidDataException($"{path}: {entry.Name} is {entry.State}: only a task that is Running is given up.");
        }

        string reason = parsed.GetValue(_reason) is { Length: > 0 } text ? text : "given up by hand";
        await journal.EndAsync(entry.Key, JournalState.Unknown, reason).ConfigureAwait(false);
        entry = await JournalTask.FindAsync(journal, path, entry.Key).ConfigureAwait(false);
        if (parsed.GetValue(CommandLine.Json))
        {
            Report.Json(parsed, JournalExport.Task(entry));
            return Program.Done;
        }

        Report.Line(parsed, $"{entry.State}", $"{entry.Name}: {entry.Reason}");
        await parsed.InvocationConfiguration.Error.WriteLineAsync(
            "'qama solve --resubmit-unknown' submits it again; it is then perhaps paid for twice.").ConfigureAwait(false);
        return Program.Done;
    }
}
