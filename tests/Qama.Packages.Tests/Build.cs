using System.Reflection;

namespace Qama.Packages.Tests;

/// <summary>What the build knows of itself.</summary>
internal static class Build
{
    public static string Configuration { get; } = Metadata("Configuration");

    public static string Version { get; } = Metadata("Version");

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    /// <summary>Packages that are restored already; ours are not among them.</summary>
    public static string PackageCache { get; } = Metadata("PackageCache");

    /// <summary>Projects that become packages.</summary>
    public static IReadOnlyList<string> PackableProjects { get; } =
    [
        .. Directory.GetFiles(Path.Combine(RepositoryRoot, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(p => File.ReadAllText(p).Contains("<IsPackable>true</IsPackable>", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static string Metadata(string key) => typeof(Build).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == key).Value!;
}
