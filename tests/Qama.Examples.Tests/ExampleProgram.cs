using System.Diagnostics;

namespace Qama.Examples.Tests;

/// <summary>Examples started as programs.</summary>
internal static class ExampleProgram
{
    /// <summary>Runs an example to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(string example, params string[] args) => DotNet([PathOf(example), .. args]);

    /// <summary>Runs <c>dotnet</c> to its end.</summary>
    public static (int ExitCode, string Output, string Errors) DotNet(params string[] args)
    {
        using Process process = Start(args);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>Starts an example and ends its process, without warning, when it has written a line that contains a text.</summary>
    public static void KillAt(string text, string example, params string[] args)
    {
        using Process process = Start([PathOf(example), .. args]);
        process.BeginErrorReadLine();
        while (process.StandardOutput.ReadLine() is not { } line || !line.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(process.StandardOutput.EndOfStream, $"{example} ended without writing '{text}'.");
        }

        process.Kill();
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
    }

    private static string PathOf(string example) => Path.Combine(AppContext.BaseDirectory, $"{example}.dll");

    private static Process Start(string[] args) => Process.Start(new ProcessStartInfo("dotnet", args)
    {
        RedirectStandardOutput = true, RedirectStandardError = true,
    })!;
}
