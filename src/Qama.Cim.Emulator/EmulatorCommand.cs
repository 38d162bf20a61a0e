using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;

namespace Qama.Cim.Emulator;

/// <summary>The emulator as a command, of this program or of another. Exit codes: 0 stopped, 1 it could not
/// listen.</summary>
public static class EmulatorCommand
{
    /// <summary>What it does, in a sentence or two.</summary>
    public const string Description =
        "The web API of a coherent Ising machine on 127.0.0.1, answered by a simulator. Accepts any credentials unless told otherwise.";

    /// <summary>Gives a command the emulator's options, and makes it run one until it is cancelled.</summary>
    /// <param name="command">The command.</param>
    /// <returns>The same command.</returns>
    public static Command AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        Option<int> port = Number("--port", "Port on 127.0.0.1; 0 takes a free one.", 0, 65535, 8550);
        Option<int> delay = Number("--queue-delay", "Milliseconds that a task waits.", 0, 3_600_000, 0);
        Option<int> rows = Number("--rows", "Solutions per task.", 1, 10_000, 10);
        Option<int> spins = Number("--spins", "Spins of every machine; 0 for what its name says.", 0, 4096, 0);
        Option<int> waiting = Number("--waiting", "Tasks that may wait; further ones get HTTP 503.", 1, 1_000_000, 100);
        Option<int> quota = Number("--quota", "Tasks that are accepted; 0 for any number.", 0, int.MaxValue, 0);
        Option<int> faults = Number("--faults", "Percentage of requests that go wrong.", 0, 100, 0);
        Option<int> noise = Number("--noise", "Spins per 10,000 that are read out wrong.", 0, 10_000, 0);
        Option<int> seed = Number("--seed", "Seed of solutions, noise and faults.", 0, int.MaxValue, 1);
        var rule = new Option<PrecisionRule>("--rule")
        {
            Description = "Which matrix must be 8 bits wide: Ising, Uploaded or None.",
        };
        var format = new Option<RowFormat>("--format")
        {
            Description = "How solutions are written: Bits, Spins, Reals or Text.",
        };
        var instant = new Option<bool>("--instant")
        {
            Description = "Random answers at once, to measure everything else.",
        };
        var user = new Option<string?>("--user-id")
        {
            Description = "With --sdk-code: the only credentials accepted.", HelpName = "ID",
        };
        var code = new Option<string?>("--sdk-code") { Description = "See --user-id.", HelpName = "CODE" };
        var folder = new Option<string?>("--tasks")
        {
            Description = "Folder in which accepted tasks are kept.", HelpName = "DIR",
        };
        Option[] options = [port, delay, rows, spins, waiting, quota, faults, noise, seed, rule, format, user, code,
            instant, folder];
        Array.ForEach(options, command.Options.Add);
        command.SetAction((result, cancellation) => RunAsync(
            new EmulatorOptions
            {
                Port = result.GetValue(port),
                QueueDelay = TimeSpan.FromMilliseconds(result.GetValue(delay)),
                Rows = result.GetValue(rows),
                Machines = result.GetValue(spins) is int limit and > 0
                    ? new EmulatorOptions().Machines.ToDictionary(m => m.Key, _ => limit)
                        : new EmulatorOptions().Machines,
                Credentials = result.GetValue(user) is { } id && result.GetValue(code) is { } secret ? (id, secret)
                    : null,
                MaxWaiting = result.GetValue(waiting),
                Quota = result.GetValue(quota) is int most and > 0 ? most : null,
                Faults = new EmulatorFaults { Rate = result.GetValue(faults) / 100.0 },
                Noise = result.GetValue(noise) / 10_000.0,
                Seed = (ulong)result.GetValue(seed),
                Rule = result.GetValue(rule),
                Format = result.GetValue(format),
                TaskFolder = result.GetValue(folder),
                Solver = result.GetValue(instant) ? new InstantSolver() : null,
            },
            result.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        EmulatorOptions options, InvocationConfiguration output, CancellationToken cancellationToken)
    {
        CimEmulator emulator;
        try
        {
            emulator = await CimEmulator.StartAsync(options).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            await output.Error.WriteLineAsync($"Cannot start on port {options.Port}: {e.Message}").ConfigureAwait(
                false);
            return 1;
        }

        await using (emulator.ConfigureAwait(false))
        {
            foreach (string skipped in emulator.SkippedTasks)
            {
                await output.Error.WriteLineAsync($"Left alone: {skipped}").ConfigureAwait(false);
            }

            await output.Output.WriteLineAsync($"Listening on {emulator.Address}").ConfigureAwait(false);
            // Ctrl+C is how it ends; not on the thread that tells of it, which waits for the end.
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration signal = cancellationToken.Register(stopped.SetResult);
            await stopped.Task.ConfigureAwait(false);
        }

        return 0;
    }

    private static Option<int> Number(string name, string description, int smallest, int largest, int usual) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => usual,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= smallest
                    && value <= largest)
                {
                    return value;
                }

                result.AddError($"{name}: expected a whole number from {smallest} to {largest}, got '{text}'.");
                return usual;
            },
        };
}
