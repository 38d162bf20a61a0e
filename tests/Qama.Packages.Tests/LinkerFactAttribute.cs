namespace Qama.Packages.Tests;

/// <summary>A test that needs a C linker, as Native AOT does: skipped, visibly, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinkerFactAttribute : FactAttribute
{
    public LinkerFactAttribute()
    {
        if (Linker is null)
        {
            Skip = "Native AOT needs clang or gcc, and neither is on the path.";
        }
    }

    /// <summary>The linker's name; null if there is none.</summary>
    public static string? Linker { get; } = OperatingSystem.IsLinux()
        ? new[] { "clang", "gcc" }.FirstOrDefault(IsOnPath)
        : null;

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
