using System.Text.Json;

namespace Qama.Tool.Inspecting;

/// <summary>Assemblies of packages that a library refers to: they are not copied beside it, but its <c>.deps.json</c>
/// names them.</summary>
internal sealed class PackageFolder
{
    private readonly Dictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase);

    private readonly string _root;

    /// <summary>Reads the file beside an assembly; where there is none, or it says nothing, no package is
    /// found.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="root">The folder of packages; null for the one that NuGet has unless it is told otherwise.</param>
    public PackageFolder(string assembly, string? root)
    {
        _root = root ?? (Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } own
            ? own : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget",
                "packages"));
        string file = Path.ChangeExtension(assembly, ".deps.json");
        if (!File.Exists(file))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            Read(document.RootElement);
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // The loader will say which assembly it does not find.
        }
    }

    /// <summary>The file of an assembly by its simple name; null where no package has it.</summary>
    public string? Find(string name) => _paths.TryGetValue(name, out string? path) && File.Exists(path) ? path : null;

    private void Read(JsonElement root)
    {
        JsonElement libraries = root.GetProperty("libraries");
        foreach (JsonProperty package in root.GetProperty("targets").EnumerateObject().SelectMany(t =>
            t.Value.EnumerateObject()))
        {
            if (!package.Value.TryGetProperty("runtime", out JsonElement runtime)
                || !libraries.TryGetProperty(package.Name, out JsonElement library)
                || !library.TryGetProperty("path", out JsonElement folder))
            {
                continue;
            }

            foreach (JsonProperty asset in runtime.EnumerateObject())
            {
                _paths.TryAdd(Path.GetFileNameWithoutExtension(asset.Name),
                    Path.Combine(_root, folder.GetString()!, asset.Name));
            }
        }
    }
}
