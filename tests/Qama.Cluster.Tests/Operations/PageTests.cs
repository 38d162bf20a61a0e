using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Cluster.Campaigns;

namespace Qama.Cluster.Tests.Operations;

/// <summary>Every C# block of the pages about clusters compiles: blocks of one section follow each other, usings and types of earlier sections
/// stay. A comment <c>&lt;!-- csharp … --&gt;</c> holds what a reader has and the page does not repeat.</summary>
public sealed partial class PageTests
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly MetadataReference[] _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => !p.EndsWith(".Tests.dll", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
    ];

    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(Path.Combine(DeploymentTests.Root, "docs"), "cluster*.md").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_a_page_compiles(string page)
    {
        string[] programs = [.. Programs(Read(page))];
        Assert.NotEmpty(programs);
        foreach (string program in programs)
        {
            var compilation = CSharpCompilation.Create(
                "Page", [CSharpSyntaxTree.ParseText(program), CSharpSyntaxTree.ParseText(ImplicitUsings)], _references,
                new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
            Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        }
    }

    [Fact]
    public void The_page_s_campaign_is_one_and_so_is_the_example_s()
    {
        string yaml = Yaml().Match(Read("cluster.md")).Groups[1].Value;
        Assert.Equal(2 * 2 * 4 * 2, CampaignFile.Parse(yaml).Tasks.Count);
        Assert.Equal(6, CampaignFile.Load(Path.Combine(DeploymentTests.Root, "examples", "Sequences", "campaign.yaml")).Tasks.Count);
    }

    private static string Read(string page) =>
        File.ReadAllText(Path.Combine(DeploymentTests.Root, "docs", page)).ReplaceLineEndings("\n");

    private static IEnumerable<string> Programs(string page)
    {
        var usings = new SortedSet<string>(StringComparer.Ordinal);
        var types = new Dictionary<string, string>();
        foreach (string section in Heading().Split(page))
        {
            string statements = "";
            foreach (Match block in Block().Matches(section))
            {
                var root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(block.Groups["code"].Value).GetRoot();
                usings.UnionWith(root.Usings.Select(u => u.ToString()));
                statements += string.Concat(root.Members.OfType<GlobalStatementSyntax>().Select(s => s.ToFullString()));
                foreach (BaseTypeDeclarationSyntax type in root.Members.OfType<BaseTypeDeclarationSyntax>())
                {
                    types[type.Identifier.Text] = type.ToFullString();
                }
            }

            if (statements.Length > 0)
            {
                yield return string.Join("\n", [.. usings, statements, .. types.Values]);
            }
        }
    }

    [GeneratedRegex("^##+ ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```|^<!-- csharp\n(?<code>.*?)^-->", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
