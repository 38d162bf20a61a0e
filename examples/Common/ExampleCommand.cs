using System.CommandLine;
using System.Text.Json;

namespace Qama.Examples.Common;

/// <summary>How every example starts and ends. Exit codes: 0 done, 1 no result (a file that cannot be read or written, a
/// training that diverged), 2 a wrong option, 130 interrupted.</summary>
public static class ExampleCommand
{
    private const string NothingKept = "Nothing is kept.";

    /// <summary>Runs an example without options: it has <c>--help</c> and refuses everything else.</summary>
    /// <param name="description">What it does.</param>
    /// <param name="args">The command line.</param>
    /// <param name="run">What it does, with the token that Ctrl+C cancels.</param>
    public static Task<int> RunAsync(string description, string[] args, Action<CancellationToken> run)
    {
        var command = new RootCommand(description);
        command.Does((_, stop) =>
        {
            run(stop);
            return 0;
        });
        return command.RunAsync(args);
    }

    /// <summary>Sets what a command does that computes without waiting.</summary>
    /// <param name="command">The command, with its options.</param>
    /// <param name="run">Reads the options and returns the exit code.</param>
    /// <param name="whenInterrupted">What is said after Ctrl+C.</param>
    public static void Does(
        this Command command, Func<ParseResult, CancellationToken, int> run, string whenInterrupted = NothingKept) =>
        command.Does((parsed, stop) => Task.FromResult(run(parsed, stop)), whenInterrupted);

    /// <summary>Sets what a command does, with the errors that every example can meet told in one line.</summary>
    /// <param name="command">The command, with its options.</param>
    /// <param name="run">Reads the options and returns the exit code.</param>
    /// <param name="whenInterrupted">What is said after Ctrl+C.</param>
    public static void Does(
        this Command command, Func<ParseResult, CancellationToken, Task<int>> run, string whenInterrupted = NothingKept) =>
        command.SetAction(async (parsed, stop) =>
        {
            TextWriter errors = parsed.InvocationConfiguration.Error;
            try
            {
                // Wrong paths are worth knowing before the work rather than after it.
                foreach (OutputFolderOption folder in command.Options.OfType<OutputFolderOption>())
                {
                    if (folder.Prepare(parsed.GetValue(folder)!) is { } message)
                    {
                        errors.WriteLine(message);
                        return 2;
                    }
                }

                // Away from the thread that handles Ctrl+C: most examples compute without ever waiting.
                return await Task.Run(() => run(parsed, stop), CancellationToken.None);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                errors.WriteLine($"Interrupted. {whenInterrupted}");
                return 130;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException
                or InvalidOperationException)
            {
                errors.WriteLine(e.Message);
                return 1;
            }
        });

    /// <summary>Parses the command line and runs the command, or says on the error output what is wrong with it.</summary>
    /// <param name="command">The command; its action is set by <see cref="Does"/>.</param>
    /// <param name="args">The command line.</param>
    /// <param name="configuration">Where text goes, and how long an interrupted command may take to end; null for the console
    /// and a minute, in which a checkpoint is written.</param>
    public static async Task<int> RunAsync(this RootCommand command, string[] args, InvocationConfiguration? configuration = null)
    {
        configuration ??= new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
        configuration.EnableDefaultExceptionHandler = false;
        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync(configuration);
        }

        foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
        {
            configuration.Error.WriteLine(message);
        }

        configuration.Error.WriteLine("Try --help.");
        return 2;
    }
}
