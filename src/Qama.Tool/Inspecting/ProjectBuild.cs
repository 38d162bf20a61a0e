using System.Diagnostics;
using System.Text.Json;

namespace Qama.Tool.Inspecting;

/// <summary>Builds a project and says where its assembly is.</summary>
internal static class ProjectBuild
{
    /// <summary>Whether a path is a project, or a folder with exactly one.</summary>
    /// <param name="path">What was named.</param>
    /// <param name="project">The project's file.</param>
    public static bool IsProject(string path, out string project)
    {
        project = path;
        if (!Directory.Exists(path))
        {
            return Path.GetExtension(path).EndsWith("proj", StringComparison.OrdinalIgnoreCase);
        }

        string[] files = Directory.GetFiles(path, "*.*proj");
        project = files.Length == 1 ? files[0] : throw new InvalidDataException(
            $"{path}: the folder has {files.Length} projects: name the one, or the assembly that was built.");
        return true;
    }

    /// <summary>Builds it and returns the path of its assembly, and the folder of its packages.</summary>
    /// <param name="project">The project's file.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="framework">The target framework, of a project with several; else null.</param>
    /// <param name="stop">Ends the build.</param>
    /// <exception cref="IOException">The file is missing, or there is no SDK.</exception>
    /// <exception cref="InvalidDataException">It does not build, or builds no assembly.</exception>
    public static (string Assembly, string Packages) Build(string project, string configuration, string? framework,
        CancellationToken stop)
    {
        project = Path.GetFullPath(project);
        if (!File.Exists(project))
        {
            throw new FileNotFoundException($"{project}: there is no such project.");
        }

        string[] properties =
            [$"-p:Configuration={configuration}", .. framework is null ? Array.Empty<string>()
                : [$"-p:TargetFramework={framework}"]];
        string[] question = ["-getProperty:TargetPath", "-getProperty:TargetFrameworks",
            "-getProperty:NuGetPackageRoot"];
        var answer = Answer(project, Run(["msbuild", project, "-nologo", .. question, .. properties], project, stop));
        if (answer("TargetPath").Length == 0)
        {
            throw new InvalidDataException(answer("TargetFrameworks") is { Length: > 0 } frameworks
                ? $"{project}: it is built for {frameworks}: say which with --framework."
                : $"{project}: it builds no assembly.");
        }

        // Where packages are is known once they are restored.
        answer = Answer(project,
            Run(["build", project, "-nologo", "-v:q", "-t:Build", .. question, .. properties], project, stop));
        return (answer("TargetPath"), answer("NuGetPackageRoot"));
    }

    private static Func<string, string> Answer(string project, string text)
    {
        try
        {
            var properties = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string,
                string>>>(text)!["Properties"];
            return name => properties[name];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{project}: msbuild does not say where its assembly is: {text.Trim()}", e);
        }
    }

    private static string Run(string[] arguments, string project, CancellationToken stop)
    {
        string program = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
            : "dotnet";
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(project),
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // nothing goes on when this has ended
        using Process process = Started(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop),
        errors = process.StandardError.ReadToEndAsync(stop);
        try
        {
            process.WaitForExitAsync(stop).GetAwaiter().GetResult();
            if (process.ExitCode == 0)
            {
                return output.GetAwaiter().GetResult();
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        // With a question for a property, what is wrong is on the error output.
        string[] lines = [.. errors.GetAwaiter().GetResult().Split('\n').Select(l => l.Trim()).Where(l =>
            l.Length > 0).Distinct()];
        throw new InvalidDataException(string.Join(Environment.NewLine, [$"{project}: it does not build:", .. lines]));
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException(
                "There is no program dotnet: a project needs the .NET SDK. Name the assembly that was built instead.",
                e);
        }
    }
}
