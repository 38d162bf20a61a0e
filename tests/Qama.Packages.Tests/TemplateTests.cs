using System.Security;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Qama.Packages.Tests;

/// <summary><c>dotnet new qama</c>.</summary>
[Collection(PackedFeedTests.Name)]
public partial class TemplateTests(PackedFeed feed)
{
    [Theory]
    [InlineData("templates", "model.safetensors")]
    [InlineData("torch-templates", "model.dat", "--torch")]
    public void The_template_builds_without_warnings_trains_and_passes_its_test(string name, string saved, params string[] options)
    {
        string[] hive = Install(name);
        string folder = feed.Project(name);

        // A name that is no identifier: namespaces must be.
        DotNet.Run(folder, ["new", "qama", "-n", "My-Attention", .. options, .. hive]);
        string project = Path.Combine(folder, "My-Attention");
        string[] files = Directory.GetFiles(project, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(
            files,
            f => Path.GetFileName(f).Contains("Project1", StringComparison.Ordinal)
                || File.ReadAllText(f).Contains("Project", StringComparison.Ordinal) && File.ReadAllText(f).Contains("QamaProject", StringComparison.Ordinal));

        // Either kind has nothing of the other.
        string other = options is [] ? "torch" : "Qama.Training";
        Assert.DoesNotContain(files, f => f.Contains(other, StringComparison.OrdinalIgnoreCase) && !project.Contains(other, StringComparison.Ordinal)
            || File.ReadAllText(f).Contains(other, StringComparison.OrdinalIgnoreCase));
        string output = DotNet.Run(project, "build", "-nologo", "-c", "Release");
        Assert.Contains("0 Warning(s)", output, StringComparison.Ordinal);
        string trained = DotNet.Run(project, "run", "--no-build", "-c", "Release", "--project", "My-Attention");
        Assert.Contains("My_Attention.TokenAttention: 16 variables per sample", trained, StringComparison.Ordinal);
        Assert.Matches(@"test accuracy (9\d|100)\.\d %", trained);
        Assert.True(File.Exists(Path.Combine(project, saved)));
        DotNet.Run(project, "test", "--no-build", "-nologo", "-c", "Release");
    }

    /// <summary>TorchSharp works with the libtorch that it was built against, and no other.</summary>
    [Fact]
    public void The_template_asks_for_the_libtorch_that_is_tested_here()
    {
        Dictionary<string, string> tested = Versions("Directory.Packages.props", "PackageVersion");
        var asked = Versions("src/Qama.Templates/content/qama/torch/Qama-Project1/Qama-Project1.csproj", "PackageReference")
            .Where(p => p.Key.StartsWith("libtorch", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, asked.Length);
        Assert.All(asked, p => Assert.Equal(tested[p.Key], p.Value));

        static Dictionary<string, string> Versions(string file, string element) =>
            XDocument.Load(Path.Combine(Build.RepositoryRoot, file)).Descendants(element)
                .ToDictionary(e => (string)e.Attribute("Include")!, e => (string)e.Attribute("Version")!);
    }

    /// <summary>Names of the template's own classes, of types that its code uses, keywords, and what is no identifier.</summary>
    [Fact]
    public void A_project_may_have_any_name()
    {
        string[] names = ["TokenAttention", "class", "My.namespace.App", "9 lives, Größe-2", "Qama"];
        string[] torchNames = ["Tensor"];
        string[] hive = Install("names");
        string folder = feed.Project("names");
        foreach (string name in names)
        {
            DotNet.Run(folder, ["new", "qama", "-n", name, .. hive]);
        }

        foreach (string name in torchNames)
        {
            DotNet.Run(folder, ["new", "qama", "--torch", "-n", name, .. hive]);
        }

        // One process for all of them.
        string all = Path.Combine(folder, "all.proj");
        File.WriteAllText(all, $"""
            <Project>
              <ItemGroup>
                <Made Include="{string.Join(';', Directory.GetFiles(folder, "*.csproj", SearchOption.AllDirectories).Select(SecurityElement.Escape))}" />
              </ItemGroup>
              <Target Name="Build">
                <MSBuild Projects="@(Made)" Targets="Restore" Properties="Step=1" />
                <MSBuild Projects="@(Made)" Targets="Build" />
              </Target>
            </Project>
            """);
        Assert.Equal(2 * (names.Length + torchNames.Length), Directory.GetFiles(folder, "*.csproj", SearchOption.AllDirectories).Length);
        Assert.DoesNotContain("warning", DotNet.Run(folder, "msbuild", all, "-nologo"), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A namespace that begins like anything the code names or declares would hide it, or be hidden.</summary>
    [Fact]
    public void Every_word_of_the_template_is_kept_from_namespaces()
    {
        string content = Path.Combine(Build.RepositoryRoot, "src/Qama.Templates/content/qama");
        using JsonDocument template = JsonDocument.Parse(File.ReadAllText(Path.Combine(content, ".template.config/template.json")));
        string pattern = template.RootElement.GetProperty("forms").GetProperty("notWords").GetProperty("pattern").GetString()!;
        string code = string.Join('\n', Directory.GetFiles(content, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        code = Comment().Replace(code, "");
        string[] words = [.. Word().Matches(Text().Replace(code, "")).Select(m => m.Value).Distinct().Except(["QamaProjectNamespace"])];
        Assert.True(words.Length > 30);
        Assert.All(words, w => Assert.Matches(pattern, w));
    }

    private string[] Install(string name)
    {
        string folder = feed.Project(name);
        string[] hive = ["--debug:custom-hive", Path.Combine(folder, "hive")];
        DotNet.Run(folder, ["new", "install", Path.Combine(feed.Folder, $"Qama.Templates.{Build.Version}.nupkg"), .. hive]);
        return hive;
    }

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Word();
}
