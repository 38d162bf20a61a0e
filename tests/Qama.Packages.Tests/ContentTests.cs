using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Qama.Packages.Tests;

/// <summary>What is in the packages.</summary>
[Collection(PackedFeedTests.Name)]
public class ContentTests(PackedFeed feed)
{
    public static TheoryData<string> Packages => [.. Build.PackableProjects.Select(p => Path.GetFileNameWithoutExtension(p))];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is(string id)
    {
        using ZipArchive package = feed.Open(id);
        XElement metadata = Nuspec(package).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        Assert.Equal(Build.Version, Value("version"));
        Assert.Equal("MIT", Value("license"));
        Assert.NotNull(package.GetEntry(Value("readme")));
        Assert.NotNull(package.GetEntry(Value("icon")));
        Assert.True(Value("description").Length > 40);

        string Value(string name) => metadata.Elements().Single(e => e.Name.LocalName == name).Value;
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void No_package_asks_for_the_compiler(string id)
    {
        using ZipArchive package = feed.Open(id);
        Assert.DoesNotContain("CodeAnalysis", Nuspec(package).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(package.Entries, e => e.Name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));
    }

    [Fact]
    public void The_generator_the_code_fixes_and_the_build_s_check_are_inside()
    {
        using ZipArchive package = feed.Open("Qama.Dsl");
        foreach (string path in new[]
                 {
                     "analyzers/dotnet/cs/Qama.Dsl.Generators.dll", "analyzers/dotnet/cs/Qama.Dsl.CodeFixes.dll",
                     "build/net10.0/Qama.Dsl.targets", "buildTransitive/net10.0/Qama.Dsl.targets",
                 })
        {
            Assert.NotNull(package.GetEntry(path));
        }

        // Nothing but what a compiler and an editor bring.
        string[] allowed = ["netstandard", "Microsoft.CodeAnalysis", "System.", "Qama.Dsl.Generators"];
        foreach (ZipArchiveEntry entry in package.Entries.Where(e => e.FullName.StartsWith("analyzers/", StringComparison.Ordinal)))
        {
            Assert.All(References(entry), r => Assert.Contains(allowed, a => r.StartsWith(a, StringComparison.Ordinal)));
        }
    }

    /// <summary>A file for any framework would let it into projects of any.</summary>
    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_nothing_for_frameworks_that_it_cannot_serve(string id)
    {
        using ZipArchive package = feed.Open(id);
        string[] folders = ["lib", "ref", "build", "buildTransitive", "runtimes"];
        Assert.All(
            package.Entries.Select(e => e.FullName.Split('/')).Where(p => folders.Contains(p[0])),
            p => Assert.Equal("net10.0", p[1]));
    }

    [Theory]
    [InlineData("Qama.Dsl", "T:Qama.QuboAttentionAttribute")]
    [InlineData("Qama.Dsl", "T:Qama.Sampling.SimulatedAnnealingSampler")]
    [InlineData("Qama.Training", "T:Qama.Training.Trainer`1")]
    [InlineData("Qama.Torch", "T:Qama.Torch.QuboAttentionModule`2")]
    public void Documentation_shows_on_hover(string id, string member)
    {
        using ZipArchive package = feed.Open(id);
        using Stream stream = package.GetEntry($"lib/net10.0/{id}.xml")!.Open();
        XElement found = XDocument.Load(stream).Descendants("member").Single(m => (string?)m.Attribute("name") == member);
        Assert.NotEmpty(found.Element("summary")!.Value.Trim());
    }

    [Theory]
    [InlineData("Qama.Dsl", "lib/net10.0/Qama.Dsl.dll")]
    [InlineData("Qama.Dsl", "analyzers/dotnet/cs/Qama.Dsl.Generators.dll")]
    [InlineData("Qama.Training", "lib/net10.0/Qama.Training.dll")]
    [InlineData("Qama.Torch", "lib/net10.0/Qama.Torch.dll")]
    public void Symbols_are_inside_and_know_no_folder_of_this_machine(string id, string path)
    {
        using ZipArchive package = feed.Open(id);
        using PEReader reader = Read(package.GetEntry(path)!);
        DebugDirectoryEntry entry = reader.ReadDebugDirectory().Single(e => e.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using MetadataReaderProvider provider = reader.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        MetadataReader symbols = provider.GetMetadataReader();
        Assert.All(symbols.Documents, d => Assert.StartsWith(
            "/_", symbols.GetString(symbols.GetDocument(d).Name), StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(ZipArchiveEntry entry)
    {
        using PEReader reader = Read(entry);
        MetadataReader metadata = reader.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    private static PEReader Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        var memory = new MemoryStream();
        stream.CopyTo(memory);
        memory.Position = 0;
        return new PEReader(memory);
    }

    private static XDocument Nuspec(ZipArchive package)
    {
        using Stream stream = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream);
    }
}
