using System.CommandLine;

namespace Qama.Cim.Emulator;

/// <summary>Exit codes: 0 stopped, 1 it could not listen, 2 a wrong option.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Command command = EmulatorCommand.AddTo(new RootCommand(EmulatorCommand.Description));
        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(e => e.Message).Distinct())
            {
                await Console.Error.WriteLineAsync(message).ConfigureAwait(false);
            }

            return 2;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) }).ConfigureAwait(false);
    }
}
