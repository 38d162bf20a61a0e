using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Documentation;

/// <summary>The documentation's code is code that compiles.</summary>
public partial class QuotedCodeTests
{
    private static readonly string _root = Root();

    [Theory]
    [InlineData("docs/tutorial.md", "Quickstart")]
    [InlineData("docs/user-terms.md", "CustomTerms")]
    public void A_tutorial_quotes_its_example(string page, string example)
    {
        string[] sources = [.. Directory.GetFiles(Path.Combine(_root, "examples", example), "*.cs").Select(Unindented)];
        string[] blocks = [.. Blocks(page)];
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(sources, s => s.Contains(block, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_declarations_of_the_readme_compile_without_warnings()
    {
        string[] declarations =
        [
            .. Blocks("README.md").Where(b => b.Contains("[QuboAttention", StringComparison.Ordinal))
                .Select(b => b.StartsWith("using Qama;", StringComparison.Ordinal) ? b : "using Qama;\n" + b),
        ];
        Assert.NotEmpty(declarations);
        Assert.All(declarations, d => Compile.Source(d).AssertClean());
    }

    [Fact]
    public void The_digits_declaration_of_the_readme_is_the_example_s()
    {
        string example = Unindented(Path.Combine(_root, "examples", "Digits", "DigitAttention.cs"));
        Assert.Contains(Blocks("README.md"), b => example.Contains(b, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Blocks(string page) => Block()
        .Matches(File.ReadAllText(Path.Combine(_root, page)).ReplaceLineEndings("\n"))
        .Select(m => Unindent(m.Groups[1].Value));

    private static string Unindented(string file) => Unindent(File.ReadAllText(file).ReplaceLineEndings("\n"));

    private static string Unindent(string text) => string.Join('\n', text.Trim().Split('\n').Select(l => l.Trim()));

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
