using System.Diagnostics;

namespace Qama.Benchmarks.Peers;

/// <summary>Starts a peer's program and reads what it prints.</summary>
internal static class PeerProgram
{
    /// <summary>The lines of its output.</summary>
    /// <exception cref="InvalidOperationException">The program failed; the message holds what it said.</exception>
    public static string[] Lines(FileInfo program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.FullName, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"{program.Name} ended with {process.ExitCode}: {errors.Result}");
    }

    /// <summary>A state of '0' and '1', with or without spaces between.</summary>
    public static byte[] State(string line) => [.. line.Where(c => c is '0' or '1').Select(c => (byte)(c - '0'))];
}
