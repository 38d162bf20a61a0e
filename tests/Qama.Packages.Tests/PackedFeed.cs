using System.IO.Compression;
using System.Security;

namespace Qama.Packages.Tests;

/// <summary>The packages in a folder of their own, and folders for projects that use them.</summary>
public sealed class PackedFeed : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("qama-packages-").FullName;

    public PackedFeed()
    {
        // One process for all: evaluating projects is most of the time.
        string pack = Path.Combine(_root, "pack.proj");
        File.WriteAllText(pack, $"""
            <Project>
              <Target Name="Pack">
                <MSBuild Projects="{string.Join(';', Build.PackableProjects.Select(SecurityElement.Escape))}" Targets="Pack" BuildInParallel="true"
                         Properties="Configuration={Build.Configuration};NoBuild=true;PackageOutputPath={SecurityElement.Escape(Folder)}" />
              </Target>
            </Project>
            """);
        DotNet.Run(_root, "msbuild", pack, "-t:Pack", "-nologo", "-v:quiet", "-m");

        // Ours come from the folder into an empty cache; what else a project needs is in the cache that built the tests.
        Write(".", "NuGet.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="cache" /></config>
              <packageSources><add key="packed" value="{SecurityElement.Escape(Folder)}" /></packageSources>
              <fallbackPackageFolders><add key="restored" value="{SecurityElement.Escape(Build.PackageCache)}" /></fallbackPackageFolders>
            </configuration>
            """);
        Write(".", "Directory.Build.props", """
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <AnalysisLevel>latest-all</AnalysisLevel>
                <GenerateDocumentationFile>true</GenerateDocumentationFile>
              </PropertyGroup>
            </Project>
            """);
    }

    /// <summary>Where the packages are.</summary>
    public string Folder => Path.Combine(_root, "feed");

    /// <summary>The content of a package.</summary>
    public ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(Folder, $"{id}.{Build.Version}.nupkg"));

    /// <summary>A folder for a project, with warnings as errors and every analysis on.</summary>
    public string Project(string name)
    {
        string folder = Path.Combine(_root, name);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Writes a file of a project and returns the project's folder.</summary>
    public string Write(string project, string file, string content)
    {
        string folder = Project(project);
        File.WriteAllText(Path.Combine(folder, file), content);
        return folder;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

/// <summary>Tests that share the packages; one after another, since each of them keeps all processors busy.</summary>
[CollectionDefinition(Name)]
public sealed class PackedFeedTests : ICollectionFixture<PackedFeed>
{
    public const string Name = "packed";
}
