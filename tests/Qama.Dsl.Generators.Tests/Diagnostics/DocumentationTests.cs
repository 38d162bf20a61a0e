using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Validation;

namespace Qama.Generators.Tests.Diagnostics;

public partial class DocumentationTests
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "diagnostics");

    public static TheoryData<string> Ids => [.. Descriptors.All.Select(d => d.Id)];

    [Fact]
    public void Every_diagnostic_has_a_page_and_every_page_a_diagnostic() => Assert.Equal(
        Descriptors.All.Select(d => d.Id + ".md").Append("README.md").Order(StringComparer.Ordinal),
        Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_page_and_the_index_agree_with_the_descriptor(string id)
    {
        DiagnosticDescriptor descriptor = Descriptors.All.Single(d => d.Id == id);
        string severity = descriptor.DefaultSeverity == DiagnosticSeverity.Info
            ? "Information"
            : descriptor.DefaultSeverity.ToString();
        Assert.EndsWith($"/docs/diagnostics/{id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
        Assert.StartsWith($"# {id}: {descriptor.Title}\n", Page(id), StringComparison.Ordinal);
        Assert.Contains($"Category `{descriptor.Category}`, {severity.ToLowerInvariant()}", Page(id), StringComparison.Ordinal);
        Assert.Contains($"| [{id}]({id}.md) | {descriptor.Title} | {severity} |", Page("README"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_failing_example_fails_so_and_the_corrected_one_does_not(string id)
    {
        string[] examples = [.. Example().Matches(Page(id)).Select(m => m.Groups[1].Value)];
        Assert.Equal(2, examples.Length);
        Assert.Equal([id], (await DiagnosticsAsync(Built(examples[0]))).Select(d => d.Id));
        GeneratorRun corrected = Built(examples[1]).AssertClean();
        Assert.Empty(await DiagnosticsAsync(corrected));
    }

    private static Task<IReadOnlyList<Diagnostic>> DiagnosticsAsync(GeneratorRun run) =>
        Analyze.DiagnosticsAsync(run.Output, new DeclarationAnalyzer());

    /// <summary>The code with what is generated for it, in the version of C# that it names.</summary>
    private static GeneratorRun Built(string code)
    {
        CSharpCompilation compilation = Compile.Source(code);
        return Generate.Run(new QuboAttentionGenerator(), Version().Match(code) is { Success: true } match
            && LanguageVersionFacts.TryParse(match.Groups[1].Value, out LanguageVersion version) ? compilation.In(version) : compilation);
    }

    [GeneratedRegex("<LangVersion>(.*?)</LangVersion>")]
    private static partial Regex Version();

    private static string Page(string name) => File.ReadAllText(Path.Combine(_folder, name + ".md")).ReplaceLineEndings("\n");

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
