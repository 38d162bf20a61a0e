using System.Text.Json.Nodes;

namespace Qama.Tool.Tests.Inspecting;

/// <summary>What is no assembly with models, and projects: an error with an exit code, never a stack, and nothing
/// written.</summary>
public sealed class BadAssemblyTests : FolderTest
{
    private static readonly string _here = AppContext.BaseDirectory;

    [Theory]
    [InlineData("none.dll", "there is no such file: check its name and folder.")]
    [InlineData("text.dll", "it is no .NET assembly that can be loaded: name the .dll that was built, or the project.")]
    [InlineData("empty.dll", "it is no .NET assembly that can be loaded")]
    [InlineData("half.dll", "it is no .NET assembly that can be loaded")]
    [InlineData("native.dll", "it is no .NET assembly that can be loaded")]
    [InlineData("strange.dll", "no class with [QuboAttention] was compiled into it.")]
    [InlineData("none.csproj", "there is no such project.")]
    [InlineData("folder", "the folder has 0 projects: name the one, or the assembly that was built.")]
    public void An_error_says_what_is_wrong(string name, string expected)
    {
        File.WriteAllText(At("text.dll"), "hello");
        File.WriteAllText(At("empty.dll"), "");
        File.WriteAllBytes(At("half.dll"), File.ReadAllBytes(typeof(Dense).Assembly.Location)[..3000]);
        File.Copy(Environment.ProcessPath!, At("native.dll"));
        File.Copy(Path.Combine(_here, "Spectre.Console.dll"), At("strange.dll"));
        Directory.CreateDirectory(At("folder"));
        string[] before = [.. Directory.GetFileSystemEntries(Folder).Order()];
        Outcome outcome = ToolProgram.Run("inspect", At(name), "--html", At("page.html"));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(expected, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(name, outcome.Errors, StringComparison.Ordinal);
        Assert.Single(outcome.Errors.TrimEnd().Split('\n'));
        Assert.Equal(before, Directory.GetFileSystemEntries(Folder).Order());
    }

    [Theory]
    [InlineData("--samples: expected a whole number", "--samples", "0")]
    [InlineData("--task-seconds: expected a number above 0", "--task-seconds", "-1")]
    [InlineData("Unrecognized command or argument 'more'.", "more")]
    public void A_wrong_command_line_is_told_before_anything_is_loaded(string expected, params string[] options)
    {
        Outcome outcome = ToolProgram.Run(["inspect", "none.dll", .. options]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(expected, outcome.Errors, StringComparison.Ordinal);
    }

    /// <summary>An assembly alone: what it needs is found here, as far as it is here.</summary>
    [Fact]
    public void An_assembly_without_its_neighbours_is_read_with_what_there_is()
    {
        File.Copy(typeof(Dense).Assembly.Location, At("alone.dll"));
        Outcome outcome = ToolProgram.Execute(Folder, "inspect", "alone.dll", "--json", "--model", nameof(Dense));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(32, Assert.Single(outcome.Json["models"]!.AsArray())!["tokens"]!.GetValue<int>());
        Assert.All(outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.StartsWith("warning: ", line, StringComparison.Ordinal));
    }

    /// <summary>One of its two models cannot be described: the other one is.</summary>
    [Fact]
    public void A_project_is_built_and_its_models_are_read()
    {
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("Own.csproj", Project("Qama.Dsl"));
        Write("Model.cs", """
            namespace Own;

            [Qama.QuboAttention(Tokens = 8, EmbeddingDim = 8)]
            [Qama.Heads(2)]
            [Qama.Coupling(Qama.Similarity.ScaledDotProduct)]
            public sealed partial class Small;

            [Qama.QuboAttention(Tokens = 8, EmbeddingDim = 8)]
            [Qama.Heads(2)]
            [Qama.Coupling(Qama.Similarity.ScaledDotProduct)]
            public sealed partial class Wrong
            {
                private static readonly int _seed = int.Parse("none", null);

                static Wrong() => System.Console.WriteLine(_seed);
            }
            """);
        Outcome outcome = ToolProgram.Execute(Folder, "inspect", ".", "--json", "--configuration", "Debug");
        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith(
            "the descriptor of Own.Wrong cannot be had: The input string 'none' was not in a correct format.",
                outcome.Errors.Trim(), StringComparison.Ordinal);
        JsonNode model = Assert.Single(outcome.Json["models"]!.AsArray())!;
        Assert.Equal(("Own.Small", 16), (model["name"]!.GetValue<string>(), model["variables"]!.GetValue<int>()));
        string assembly = outcome.Json["assembly"]!.GetValue<string>();
        Assert.Contains(Path.Combine("bin", "Debug"), assembly, StringComparison.Ordinal);

        // Of a model that is not asked for nothing runs.
        outcome = ToolProgram.Run("inspect", assembly, "--model", "Small");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
    }

    [Fact]
    public void A_project_that_does_not_build_says_why()
    {
        Write("Directory.Build.props", "<Project />");
        Write("Broken.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Write("Broken.cs", "public class Broken : Missing;");
        Outcome outcome = ToolProgram.Run("inspect", At("Broken.csproj"), "--html", At("page.html"));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("it does not build:", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("error CS0246", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(At("page.html")));
    }

    [Fact]
    public void A_project_that_is_built_for_several_frameworks_needs_one()
    {
        Write("Directory.Build.props", "<Project />");
        Write("Own.csproj", Project("Qama.Dsl").Replace("<TargetFramework>net10.0</TargetFramework>",
            "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>", StringComparison.Ordinal));
        Outcome outcome = ToolProgram.Run("inspect", At("Own.csproj"));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("it is built for net10.0;net9.0: say which with --framework.", outcome.Errors,
            StringComparison.Ordinal);
    }

    private static string Project(string reference) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <LangVersion>14.0</LangVersion>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="{reference}" HintPath="{Path.Combine(_here, reference)}.dll" />
            <Analyzer Include="{Generator()}" />
          </ItemGroup>
        </Project>
        """;

    private static string Generator()
    {
        string root = _here;
        while (!File.Exists(Path.Combine(root, "Qama.Dsl.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string configuration =
            _here.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(root, "generators", "Qama.Dsl.Generators", "bin", configuration, "netstandard2.0",
            "Qama.Dsl.Generators.dll");
    }
}
