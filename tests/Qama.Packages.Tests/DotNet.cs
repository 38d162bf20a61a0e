using System.Diagnostics;
using System.Text;

namespace Qama.Packages.Tests;

/// <summary>Runs a program and keeps what it said.</summary>
internal static class DotNet
{
    /// <summary>Runs <c>dotnet</c>; fails with its output unless it succeeds.</summary>
    public static string Run(string folder, params IReadOnlyList<string> arguments)
    {
        (int exitCode, string output) = TryRun(folder, arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}");
        return output;
    }

    public static (int ExitCode, string Output) TryRun(string folder, params IReadOnlyList<string> arguments) =>
        Execute("dotnet", folder, arguments);

    public static (int ExitCode, string Output) Execute(string program, string folder, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A stranger's shell has none of what the tests' own build put into the environment.
        foreach (string name in start.Environment.Keys.Where(IsOfBuild).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return (process.ExitCode, output.ToString());

        void Append(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        }
    }

    private static bool IsOfBuild(string name) =>
        name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_HOST_PATH" or "DOTNET_CLI_HOME" or "NUGET_PACKAGES";
}
