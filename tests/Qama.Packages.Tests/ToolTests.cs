namespace Qama.Packages.Tests;

/// <summary>The command <c>qama</c>, installed from its package.</summary>
[Collection(PackedFeedTests.Name)]
public class ToolTests(PackedFeed feed)
{
    [Fact]
    public void The_command_is_installed_into_an_empty_folder_and_works()
    {
        string folder = feed.Write("tool", "ring.mc", "4 4\n1 2 1\n2 3 1\n3 4 1\n1 4 1\n");
        DotNet.Run(folder, "tool", "install", "Qama.Tool", "--version", Build.Version, "--tool-path", "installed");
        string qama = Path.Combine(folder, "installed", OperatingSystem.IsWindows() ? "qama.exe" : "qama");
        (int code, string output) = DotNet.Execute(qama, folder, ["solve", "ring.mc", "--sweeps", "20"]);
        Assert.True(code == 0, output);
        Assert.Contains("cut           4, ", output, StringComparison.Ordinal);
        (code, output) = DotNet.Execute(qama, folder, ["convert", "ring.mc", "ring.qubo"]);
        Assert.True(code == 0, output);
        Assert.StartsWith("p qubo 0 4 4 4", File.ReadAllText(Path.Combine(folder, "ring.qubo")), StringComparison.Ordinal);
        (code, output) = DotNet.Execute(qama, folder, ["emulator", "--port", "x"]); // its options are the emulator's
        Assert.True(code == 2 && output.Contains("--port: expected", StringComparison.Ordinal), output);

        // A library has its packages' assemblies not beside it.
        string library = Path.Combine(folder, "library");
        Directory.CreateDirectory(library);
        File.WriteAllText(Path.Combine(library, "Library.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="Qama.Dsl" Version="{Build.Version}" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(library, "Model.cs"), """
            namespace Own;

            /// <summary>A model.</summary>
            [Qama.QuboAttention(Tokens = 8, EmbeddingDim = 8)]
            [Qama.Heads(2)]
            [Qama.Coupling(Qama.Similarity.ScaledDotProduct)]
            public sealed partial class Small;
            """);
        (code, output) = DotNet.Execute(qama, folder, ["inspect", "library", "--html", "models.html"]);
        Assert.True(code == 0, output);
        Assert.Contains("model         Own.Small", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "models.html")));
        Assert.False(File.Exists(Path.Combine(library, "bin", "Release", "net10.0", "Qama.Dsl.dll")));
        (code, output) = DotNet.Execute(qama, folder, ["--version"]);
        Assert.True(code == 0 && output.StartsWith(Build.Version, StringComparison.Ordinal), output);
    }
}
