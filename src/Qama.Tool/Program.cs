using System.CommandLine;
using System.CommandLine.Help;
using Qama.Cim.Emulator;
using Qama.Cim.Transport;

namespace Qama.Tool;

/// <summary>The command <c>qama</c>.</summary>
internal static class Program
{
    private const string NoCommand = "Required command was not provided.";

    /// <summary>A command did what it was asked for.</summary>
    public const int Done = 0;

    /// <summary>A file cannot be read or written, or is no such problem.</summary>
    public const int BadInput = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Cancelled = 3;

    /// <summary>Parses a command line and does what it says.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configuration">Where text goes; null for the console.</param>
    public static async Task<int> RunAsync(string[] args, InvocationConfiguration? configuration)
    {
        configuration ??= new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
        configuration.EnableDefaultExceptionHandler = false;
        var root = new RootCommand(
            "Solves QUBO, Ising and maximum-cut problems from files, converts between their formats, and says what is "
            + "in them; says what declared models are, shows them live, and trains them on folders of data; says what was sent to a machine. "
            + "Exit codes: 0 done, 1 a file or problem is not as it should be, 2 the command line is not, 3 "
            + "ended by Ctrl+C.")
        {
            SolveCommand.Create(), ConvertCommand.Create(), InfoCommand.Create(), InspectCommand.Create(),
            TrainCommand.Create(), EvalCommand.Create(), ServeCommand.Create(), JournalCommand.Create(),
            EmulatorCommand.AddTo(new Command("emulator", EmulatorCommand.Description + " Ends on Ctrl+C.")),
            ReportCommand.Create(),
            CompletionCommand.Create(),
        };

        // -h will do.
        Array.ForEach(["/?", "/h", "-?"], alias => root.Options.OfType<HelpOption>().Single().Aliases.Remove(alias));
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }

        // That a command is missing is no news beside a word that is none.
        string[] messages = [.. parsed.Errors.Select(e => e.Message).Distinct()];
        foreach (string message in messages.Where(m => messages.Length == 1 || m != NoCommand))
        {
            await configuration.Error.WriteLineAsync(message).ConfigureAwait(false);
        }

        await configuration.Error.WriteLineAsync("Try --help.").ConfigureAwait(false);
        return Usage;
    }

    /// <summary>Sets what a command does, away from the thread that is told of Ctrl+C, with errors in one
    /// line.</summary>
    public static void Does(this Command command, Func<ParseResult, CancellationToken, int> run) =>
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                return await Task.Run(() => run(parsed, stop), CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    e is InterruptionException ? e.Message : "Interrupted.").ConfigureAwait(false);
                return Cancelled;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException
                or CimException or OutOfMemoryException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(Text(e)).ConfigureAwait(false);
                return BadInput;
            }
        });

    // What the system says of a file that is missing has no remedy.
    private static string Text(Exception e) => e switch
    {
        OutOfMemoryException => "The problem takes more memory than there is.",
        FileNotFoundException { FileName: { Length: > 0 } file } when e.Message.StartsWith("Could not find", StringComparison.Ordinal) =>
            $"{file}: there is no such file: check its name and folder.",
        DirectoryNotFoundException when e.Message.Split('\'') is ["Could not find a part of the path ", var file, ..] =>
            $"{file}: there is no such file: its folder does not exist.",
        _ => e.Message,
    };

    private static Task<int> Main(string[] args) => RunAsync(args, null);
}
