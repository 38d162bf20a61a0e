using System.Collections;
using System.Globalization;
using Qama.Cim.Security;

namespace Qama.Cim.Kaiwu;

/// <summary>What the worker's Python is started with. It has the credentials: whatever decides which code it runs comes from the
/// Python that was named and from <see cref="KaiwuOptions.Environment"/>, not from the folders and variables this program happens to
/// be started with.</summary>
internal static class PythonEnvironment
{
    private const string Prefix = "PYTHON";

    /// <summary>The file of a program: a bare name is looked for in PATH alone, where the system would take one from the working
    /// directory first.</summary>
    public static string? Find(string program)
    {
        if (Path.GetFileName(program) != program)
        {
            return Path.GetFullPath(program);
        }

        string file = OperatingSystem.IsWindows() && !Path.HasExtension(program) ? program + ".exe" : program;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, file)).FirstOrDefault(IsProgram);
    }

    /// <summary>Variables to set, and to remove where null.</summary>
    public static Dictionary<string, string?> For(KaiwuOptions options, CimCredentials credentials)
    {
        var variables = new Dictionary<string, string?>();
        foreach (string name in Inherited())
        {
            variables[name] = null;
        }

        variables["PYTHONSAFEPATH"] = "1"; // for what the SDK may start; from Python 3.11 on
        foreach ((string name, string value) in options.Environment)
        {
            variables[name] = value;
        }

        if (variables.GetValueOrDefault("PYTHONPATH") is { } path)
        {
            // An empty entry is the working directory.
            variables["PYTHONPATH"] = string.Join(Path.PathSeparator, path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        variables[CimCredentials.UserVariable] = credentials.UserId;
        variables[CimCredentials.CodeVariable] = credentials.SdkCode;
        variables["KAIWU_CHECKPOINT_DIR"] = options.CheckpointFolder
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".qama", "kaiwu");
        variables["KAIWU_CIM_INTERVAL_MINUTES"] = options.IntervalMinutes.ToString(CultureInfo.InvariantCulture);
        variables["KAIWU_SAMPLE_NUMBER"] = options.SampleNumber?.ToString(CultureInfo.InvariantCulture) ?? "";
        variables["KAIWU_PROJECT_NO"] = options.ProjectNo ?? "";
        variables["KAIWU_MACHINE_NAME"] = options.MachineName;
        return variables;
    }

    /// <summary>What to say where something is missing that an inherited variable may have pointed to.</summary>
    public static string Hint() => Inherited().Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } names
        ? $" (Of this program's environment {string.Join(", ", names)} {(names.Length == 1 ? "is" : "are")} not passed on;"
            + " what the SDK needs of it belongs into KaiwuOptions.Environment.)"
        : "";

    private static IEnumerable<string> Inherited() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(variable => (string)variable.Key).Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase));

    private static bool IsProgram(string file) => File.Exists(file) && (OperatingSystem.IsWindows()
        || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
