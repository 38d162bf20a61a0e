using System.Diagnostics;
using System.Globalization;

namespace Qama.Benchmarks.Building;

/// <summary>A library of a user's, in a folder of its own, with so many declared classes, a file each.</summary>
internal sealed class UserProject : IDisposable
{
    /// <summary>What is declared, in turns: the published operator, with batch-normed coefficients, and with words beside.</summary>
    private static readonly string[] _declarations =
    [
        "[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2)] [Heads(8)]",
        "[QuboAttention(Tokens = 49, EmbeddingDim = 64, Preset = Preset.QamaV2Stable)] [Heads(8)] [Sparsity(AtMost = 12)]",
        "[QuboAttention(Tokens = 49, EmbeddingDim = 64)] [Heads(4)] [Coupling(Similarity.Cosine)] [Field(Importance.ValueProjection)] "
            + "[Sparsity(AtMost = 24)] [Readout(ReadoutKind.SelectedAttention)]",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qama-build-");

    /// <summary>Writes and restores it, and builds it once.</summary>
    /// <param name="library">The folder with <c>Qama.Dsl.dll</c> and <c>Qama.Dsl.Generators.dll</c>.</param>
    /// <param name="classes">Declared classes.</param>
    /// <exception cref="InvalidOperationException">It does not build.</exception>
    public UserProject(string library, int classes)
    {
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("Directory.Build.rsp", "");
        Write("User.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{Path.Combine(library, "Qama.Dsl.dll")}" />
                <Analyzer Include="{Path.Combine(library, "Qama.Dsl.Generators.dll")}" />
              </ItemGroup>
            </Project>
            """);
        for (int c = 0; c < classes; c++)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"Layer{c}.cs"), string.Create(CultureInfo.InvariantCulture, $"""
                using Qama;
                namespace User;
                /// <summary>A layer.</summary>
                {_declarations[c % _declarations.Length]}
                public sealed partial class Layer{c};
                """));
        }

        Run("build", "-p:UseSharedCompilation=false");
    }

    /// <summary>Builds all of it again, with a compiler that is started for it, and tells how many seconds of processor time that took.</summary>
    public double Build()
    {
        double start = ChildClock.Seconds;
        Run("build", "--no-restore", "--no-incremental", "-p:UseSharedCompilation=false");
        return ChildClock.Seconds - start;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    /// <summary>In one process, which no server answers for.</summary>
    private void Run(params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [.. arguments, "-nologo", "-v:q", "-m:1", "-nodeReuse:false"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("The user's project does not build: " + output);
        }
    }
}
