using System.Xml.Linq;

namespace Qama.Packages.Tests;

/// <summary>Projects that use the packages.</summary>
[Collection(PackedFeedTests.Name)]
public class ConsumerTests(PackedFeed feed)
{
    private const string Declaration = """
        using Qama;

        namespace Library;

        [QuboAttention(Tokens = 6, EmbeddingDim = 8)]
        [Heads(2)]
        [Coupling(Similarity.ScaledDotProduct)]
        [HeadExclusion(Weight = 0.5)]
        public sealed partial class Attention;
        """;

    [Fact]
    public void An_application_uses_a_layer_of_a_library_that_has_the_package()
    {
        feed.Write("Library", "Attention.cs", Declaration);
        string library = feed.Write("Library", "Library.csproj", Library());
        feed.Write("Application", "Program.cs", """
            using Library;
            using Qama.Sampling;

            var layer = new Attention(seed: 1);
            var workspace = layer.CreateWorkspace(batch: 1);
            var output = new float[6 * 8];
            layer.Forward(new float[6 * 8], output, workspace, new SimulatedAnnealingSampler());
            Console.WriteLine($"{Attention.Descriptor.Name}: {Attention.VariableCount} variables");
            """);
        string application = feed.Write("Application", "Application.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <!-- What uses a layer needs neither the generator nor a C# that it writes. -->
                <LangVersion>10</LangVersion>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Library/Library.csproj" />
              </ItemGroup>
            </Project>
            """);
        DotNet.Run(application, "build", "-nologo", "-o", "out");
        string output = Path.Combine(application, "out");
        Assert.Contains(
            "Library.Attention: 12 variables", DotNet.Run(output, "Application.dll"), StringComparison.Ordinal);

        // What the package brings to run, and nothing of what it brings to compile.
        Assert.True(File.Exists(Path.Combine(output, "Qama.Dsl.dll")));
        Assert.Equal(
            ["Application.dll", "Library.dll", "Qama.Dsl.dll"],
            Directory.GetFiles(output, "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            "CodeAnalysis", File.ReadAllText(Path.Combine(output, "Application.deps.json")), StringComparison.Ordinal);

        // The generated class says on hover what it is.
        XElement summary = XDocument.Load(Path.Combine(output, "Library.xml")).Descendants("member")
            .Single(m => (string?)m.Attribute("name") == "T:Library.Attention").Element("summary")!;
        Assert.Contains("12 variables", summary.Value, StringComparison.Ordinal);
        AssertOldCompilerIsRefused(library);
    }

    [Fact]
    public void A_wrong_declaration_is_an_error_with_its_page()
    {
        feed.Write("Broken", "Attention.cs", Declaration.Replace("Heads(2)", "Heads(3)", StringComparison.Ordinal));
        string folder = feed.Write("Broken", "Broken.csproj", Library("Qama.Training"));
        (int exitCode, string output) = DotNet.TryRun(folder, "build", "-nologo");
        Assert.NotEqual(0, exitCode);
        Assert.Matches(@"Attention\.cs\(6,\d+\): error QAMA0014: .*docs/diagnostics/QAMA0014\.md", output);
        Assert.DoesNotContain("error CS", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net9.0")]
    [InlineData("net8.0")]
    [InlineData("netstandard2.0")]
    public void An_older_framework_is_refused_when_packages_are_restored(string framework)
    {
        foreach (string package in Build.PackableProjects.Select(p => Path.GetFileNameWithoutExtension(p)).Where(p => p is not ("Qama.Templates" or "Qama.Tool")))
        {
            string name = $"{package}-{framework}";
            string folder = feed.Write(name, $"{name}.csproj", Library(package).Replace(
                "  <ItemGroup>",
                $"  <PropertyGroup><TargetFramework>{framework}</TargetFramework><DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>"
                + "<AllowMissingPrunePackageData>true</AllowMissingPrunePackageData></PropertyGroup>\n  <ItemGroup>", StringComparison.Ordinal));
            (int exitCode, string output) = DotNet.TryRun(folder, "restore", "-nologo");
            Assert.NotEqual(0, exitCode);
            Assert.Contains($"error NU1202: Package {package} {Build.Version} is not compatible with {framework}", output, StringComparison.Ordinal);
        }
    }

    /// <summary>Code that declares a layer, and a project file that does not serve it.</summary>
    [Theory]
    [InlineData("<LangVersion>10</LangVersion>", "", "QAMACFG0002")]
    [InlineData("<LangVersion>ISO-2</LangVersion>", "", "QAMACFG0002")]
    [InlineData("", "<Target Name=\"None\" BeforeTargets=\"QamaCheckDeclarations\"><ItemGroup><Analyzer Remove=\"@(Analyzer)\" /></ItemGroup></Target>", "QAMACFG0003")]
    public void A_project_that_cannot_have_a_layer_is_told_why_and_nothing_else(string property, string target, string id)
    {
        string name = $"Refused{id}{property.Length}";
        string folder = feed.Write(name, "Attention.cs", Declaration + "\npublic static class Use { public static Attention Create() => new(seed: 1); }");
        feed.Write(name, $"{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><ImplicitUsings>disable</ImplicitUsings>{property}</PropertyGroup>
              <ItemGroup><PackageReference Include="Qama.Dsl" Version="{Build.Version}" /></ItemGroup>
              {target}
            </Project>
            """);
        (int exitCode, string output) = DotNet.TryRun(folder, "build", "-nologo", "-clp:NoSummary");
        Assert.NotEqual(0, exitCode);
        Assert.Matches($@"Attention\.cs : error {id}: ", output);
        Assert.Single(output.Split('\n').Where(line => line.Contains(" error ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct());
    }

    /// <summary>As with a Microsoft.Net.Compilers.Toolset of some years ago.</summary>
    private static void AssertOldCompilerIsRefused(string library)
    {
        (int exitCode, string output) = DotNet.TryRun(
            library, "build", "-nologo", "--no-restore", "-t:Rebuild", "-p:CompilerApiVersion=roslyn4.8");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("error QAMACFG0001: Qama.Dsl needs the C# compiler 4.14", output, StringComparison.Ordinal);
    }

    private static string Library(string package = "Qama.Dsl") => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <ItemGroup>
            <PackageReference Include="{package}" Version="{Build.Version}" />
          </ItemGroup>
        </Project>
        """;
}
