using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Qama.Tool.Tests;

/// <summary>What a command line did.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors)
{
    public JsonNode Json => JsonNode.Parse(Output)!;
}

/// <summary>The command, in this process or as one of its own.</summary>
internal static class ToolProgram
{
    /// <summary>Runs a command line here.</summary>
    public static Outcome Run(params string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        int code = Program.RunAsync(args, new InvocationConfiguration { Output = output, Error = errors }).GetAwaiter().GetResult();
        return new(code, output.ToString(), errors.ToString());
    }

    /// <summary>Runs a command line as a process.</summary>
    public static Outcome Execute(string folder, params string[] args)
    {
        using Process process = Start(folder, args);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>Starts a command line as a process, which Ctrl+C ends even where whoever runs the tests ignores it (as what a shell runs in the
    /// background does).</summary>
    public static Process Start(string folder, params string[] args)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "qama.dll");
        (string file, string[] first) = OperatingSystem.IsLinux() ? ("env", (string[])["--default-signal=INT", "dotnet"]) : ("dotnet", []);
        return Process.Start(new ProcessStartInfo(file, [.. first, program, .. args])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
    }

    /// <summary>Waits until samplers run: the assembly with Parallel is mapped when the reads begin; where nobody tells, what takes ten seconds has
    /// begun.</summary>
    public static async Task WorkHasBegunAsync(Process process)
    {
        string maps = $"/proc/{process.Id}/maps";
        for (int tries = 0; tries < 200 && !process.HasExited; tries++)
        {
            if (File.Exists(maps) && (await File.ReadAllTextAsync(maps)).Contains("System.Threading.Tasks.Parallel", StringComparison.Ordinal))
            {
                break;
            }

            await Task.Delay(50);
        }

        await Task.Delay(300);
    }
}

/// <summary>A folder of a test's own.</summary>
public abstract class FolderTest : IDisposable
{
    /// <summary>The folder.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("qama-tool-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a file and returns its path.</summary>
    protected string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A path in the folder.</summary>
    protected string At(string name) => Path.Combine(Folder, name);
}
