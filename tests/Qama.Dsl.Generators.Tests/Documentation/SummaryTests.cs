using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Documentation;

/// <summary>What an editor shows beside a public name.</summary>
public partial class SummaryTests
{
    [Theory]
    [InlineData("Qama.Dsl")]
    [InlineData("Qama.Training")]
    [InlineData("Qama.Cim")]
    [InlineData("Qama.Torch")]
    public void A_summary_says_what_the_thing_is_and_not_how_it_stands_to_others(string assembly)
    {
        string path = Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
        PortableExecutableReference reference = MetadataReference.CreateFromFile(
            path, documentation: XmlDocumentationProvider.CreateFromFile(Path.ChangeExtension(path, ".xml")));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Reader", references: [.. Compile.References.Where(r => r.Display != path), reference]);
        string[] summaries =
        [
            .. Public(((IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!).GlobalNamespace)
                .Select(s => (Name: s.ToDisplayString(), Text: SummaryOf(s)))
                .Where(s => s.Text.Length > 0)
                .Select(s => $"{s.Text} ({s.Name})"),
        ];
        Assert.True(summaries.Length > 50, $"Only {summaries.Length} summaries were found.");
        Assert.Equal([], summaries.Where(s => Evasive().IsMatch(s)));
    }

    [GeneratedRegex(
        "^(As|See|The same|The other|Another|Its?|They|That|This|These|Those|Such|Who|Whose|Where|How|Why|When|Which)\\b")]
    private static partial Regex Evasive();

    private static IEnumerable<ISymbol> Public(INamespaceOrTypeSymbol container) => container.GetMembers()
        .Where(m => m is INamespaceSymbol
            || m.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal)
        .SelectMany(m => m is INamespaceOrTypeSymbol inner ? Public(inner).Prepend(m) : [m]);

    private static string SummaryOf(ISymbol symbol) => symbol.GetDocumentationCommentXml() is { Length: > 0 } xml
        ? Space().Replace(XElement.Parse(xml).Element("summary")?.Value ?? "", " ").Trim() : "";

    [GeneratedRegex("\\s+")]
    private static partial Regex Space();
}
