using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Qama.Architecture.Tests;

/// <summary>Namespaces are folders, and CONTRIBUTING.md has a map of them that is true.</summary>
public sealed partial class FolderTests
{
    // Folders that give no name: their files belong to the namespace above.
    private static readonly string[] Unnamed =
    [
        "src/Qama.Dsl/Declarations", // attributes and words, which declarations use without a folder's name
        "generators/Qama.Dsl.Generators/Polyfills",
    ];

    private static readonly string[] Projects =
    [
        .. new[] { "src", "generators" }
            .SelectMany(folder => Directory.GetFiles(
                Path.Combine(Houses.Repository, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(Relative)
            .Where(path => !Outputs().IsMatch(path) && !path.Contains("/content/", StringComparison.Ordinal))
            .Select(path => Path.GetDirectoryName(path)!).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Every_namespace_is_its_folder()
    {
        var wrong = new List<string>();
        int count = 0;
        foreach (string project in Projects.Where(p => !p.Contains("Templates", StringComparison.Ordinal)))
        {
            string root = RootNamespace(project);
            foreach (string file in Sources(project))
            {
                string expected = root + NameBelow(project, Path.GetDirectoryName(file)!);
                string text = File.ReadAllText(Path.Combine(Houses.Repository, file));
                string[] given = [.. Namespace().Matches(text).Select(m => m.Groups[1].Value)];
                count += given.Length;

                // What stands in for the framework has the framework's names; what is compiled twice has two.
                if (!given.Contains(expected) && !given.All(n => n.StartsWith("System", StringComparison.Ordinal)))
                {
                    wrong.Add($"{file}: {string.Join(", ", given)}, expected {expected}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(count > 400, $"{count} files");
    }

    [Fact]
    public void The_map_lists_every_folder_with_sources_and_no_other()
    {
        string map = Contributing[Contributing.IndexOf("## The map", StringComparison.Ordinal)..];
        map = map[..map.IndexOf("\n## ", StringComparison.Ordinal)];
        string[] listed = [.. Entry().Matches(map).Select(m => m.Groups[1].Value)];
        string[] real =
        [
            .. Projects.Append("src/Shared")
                .SelectMany(project => Sources(project).Select(file => Path.GetDirectoryName(file)!).Append(project))
                .Select(folder => folder.Split("/content")[0]).Distinct(),
        ];
        Assert.Equal(real.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_map_lists_every_test_project_and_example()
    {
        string[] projects =
        [
            .. new[] { "tests", "examples" }
                .SelectMany(folder => Directory.GetDirectories(Path.Combine(Houses.Repository, folder)))
                .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0),
        ];
        Assert.True(projects.Length > 15);
        Assert.All(projects, p => Assert.Contains($"`{Path.GetFileName(p)}`", Contributing, StringComparison.Ordinal));
    }

    private static string Contributing { get; } =
        File.ReadAllText(Path.Combine(Houses.Repository, "CONTRIBUTING.md"));

    private static string RootNamespace(string project)
    {
        string file = Directory.GetFiles(Path.Combine(Houses.Repository, project), "*.csproj").Single();
        return XDocument.Load(file).Descendants("RootNamespace").Single().Value;
    }

    private static string NameBelow(string project, string folder)
    {
        string? unnamed = Unnamed.FirstOrDefault(
            u => folder == u || folder.StartsWith(u + "/", StringComparison.Ordinal));
        string below = unnamed is null
            ? folder[project.Length..]
            : Path.GetDirectoryName(unnamed)![project.Length..] + folder[unnamed.Length..];
        return below.Replace('/', '.');
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.GetFiles(Path.Combine(Houses.Repository, folder), "*.cs", SearchOption.AllDirectories)
            .Select(Relative).Where(path => !Outputs().IsMatch(path));

    private static string Relative(string path) => Path.GetRelativePath(Houses.Repository, path).Replace('\\', '/');

    [GeneratedRegex("/(obj|bin)/")]
    private static partial Regex Outputs();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\| `((?:src|generators)/[\w./]+)`", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
