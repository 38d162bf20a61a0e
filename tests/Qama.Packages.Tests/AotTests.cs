using System.Security;

namespace Qama.Packages.Tests;

/// <summary>examples/DigitsInference with the packages instead of the projects, compiled ahead of time.</summary>
[Collection(PackedFeedTests.Name)]
public class AotTests(PackedFeed feed)
{
    [LinkerFact]
    public void The_inference_example_is_published_ahead_of_time_without_warnings_and_runs()
    {
        string examples = SecurityElement.Escape(Path.Combine(Build.RepositoryRoot, "examples"))!;
        string folder = feed.Write("Aot", "Aot.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <RootNamespace>Qama.Examples.Digits</RootNamespace>
                <PublishAot>true</PublishAot>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TrimmerSingleWarn>false</TrimmerSingleWarn>
                <CppCompilerAndLinker>{LinkerFactAttribute.Linker}</CppCompilerAndLinker>
                <!-- The example is written for the repository's rules. -->
                <AnalysisLevel>latest-recommended</AnalysisLevel>
                <GenerateDocumentationFile>false</GenerateDocumentationFile>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="{examples}/DigitsInference/*.cs;{examples}/Digits/DigitAttention.cs;{examples}/Digits/DigitImages.cs;{examples}/Digits/VisionTransformer.cs" />
                <EmbeddedResource Include="{examples}/Digits/Data/digits.csv.gz" LogicalName="digits.csv.gz" />
                <Content Include="{examples}/DigitsInference/digits.safetensors" Link="digits.safetensors" CopyToOutputDirectory="PreserveNewest" />
                <PackageReference Include="Qama.Training" Version="{Build.Version}" />
              </ItemGroup>
            </Project>
            """);
        DotNet.Run(folder, "publish", "-nologo", "-c", "Release", "-o", "out");
        string output = Path.Combine(folder, "out");
        Assert.Empty(Directory.GetFiles(output, "*.dll"));
        (int exitCode, string text) = DotNet.Execute(Path.Combine(output, "Aot"), output, []);
        Assert.True(exitCode == 0, text);
        Assert.Matches(@"test accuracy 9[89]\.\d % of 355 images", text);
    }
}
