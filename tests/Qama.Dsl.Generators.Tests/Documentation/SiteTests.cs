using System.Runtime.CompilerServices;

namespace Qama.Generators.Tests.Documentation;

/// <summary>Every page is in a table of contents of the site, and every entry is a page: <c>.ci/run</c> builds it and checks all links.</summary>
public class SiteTests
{
    private static readonly string Docs = Path.Combine(Here(), "docs");

    [Fact]
    public void Every_page_is_in_the_table_of_contents()
    {
        string contents = File.ReadAllText(Path.Combine(Docs, "toc.yml"));
        string[] pages = [.. Names(Docs, "*.md").Where(name => name != "index.md")];
        Assert.True(pages.Length > 15);
        Assert.All(pages, name => Assert.Contains($"href: {name}\n", contents, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_diagnostic_is_in_the_table_of_contents_with_its_title()
    {
        string folder = Path.Combine(Docs, "diagnostics");
        string contents = File.ReadAllText(Path.Combine(folder, "toc.yml"));
        string[] entries =
        [
            .. Names(folder, "QAMA*.md").Order(StringComparer.Ordinal).Select(
                name => $"- name: \"{File.ReadLines(Path.Combine(folder, name)).First().TrimStart('#', ' ')}\"\n  href: {name}\n"),
        ];
        Assert.Equal("- name: All\n  href: README.md\n" + string.Concat(entries), contents);
    }

    private static IEnumerable<string> Names(string folder, string pattern) => Directory.GetFiles(folder, pattern).Select(file => Path.GetFileName(file));

    private static string Here([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
