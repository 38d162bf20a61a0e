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

    /// <summary>Builds it and returns the path of its assembly.</summary>
    /// <param name="project">The project's file.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="framework">The target framework, of a project with several; else null.</param>
    /// <param name="stop">Ends the build.</param>
    /// <exception cref="IOException">The file is missing, or there is no SDK.</exception>
    /// <exception cref="InvalidDataException">It does not build, or builds no assembly.</exception>
    public static string Build(string project, string configuration, string? framework, CancellationToken stop)
    {
        project = Path.GetFullPath(project);
        if (!File.Exists(project))
        {
            throw new FileNotFoundException($"{project}: there is no such project.");
        }

        string[] properties =
            [$"-p:Configuration={configuration}", .. framework is null ? Array.Empty<string>() : [$"-p:TargetFramework={framework}"]];
        string[] question = ["msbuild", project, "-nologo", "-getProperty:TargetPath", "-getProperty:TargetFrameworks", .. properties];
        (string path, string frameworks) = Answer(project, Run(question, project, stop));
        if (path.Length == 0)
        {
            throw new InvalidDataException(frameworks.Length > 0
                ? $"{project}: it is built for {frameworks}: say which with --framework."
                : $"{project}: it builds no assembly.");
        }

        Run(["build", project, "-nologo", "-v:q", "-clp:NoSummary", .. properties], project, stop);
        return path;
    }

    private static (string Path, string Frameworks) Answer(string project, string text)
    {
        try
        {
            using var answer = JsonDocument.Parse(text);
            JsonElement properties = answer.RootElement.GetProperty("Properties");
            return (properties.GetProperty("TargetPath").GetString()!, properties.GetProperty("TargetFrameworks").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{project}: msbuild does not say where its assembly is: {text.Trim()}", e);
        }
    }

    private static string Run(string[] arguments, string project, CancellationToken stop)
    {
        string program = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(project),
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // nothing goes on when this has ended
        using Process process = Started(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop), errors = process.StandardError.ReadToEndAsync(stop);
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

        string[] lines = [.. $"{output.GetAwaiter().GetResult()}\n{errors.GetAwaiter().GetResult()}".Split('\n').Select(l => l.Trim())];
        string[] wrong = [.. lines.Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct()];
        throw new InvalidDataException(string.Join(
            Environment.NewLine, [$"{project}: it does not build:", .. (wrong.Length > 0 ? wrong : lines).Where(l => l.Length > 0)]));
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException("There is no program dotnet: a project needs the .NET SDK. Name the assembly that was built instead.", e);
        }
    }
}
