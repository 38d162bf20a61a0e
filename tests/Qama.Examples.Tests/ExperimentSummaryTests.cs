using System.Runtime.CompilerServices;
using System.Text;
using Qama.Examples.Common;

namespace Qama.Examples.Tests;

/// <summary>The summary of all experiments.</summary>
public sealed class ExperimentSummaryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string Pages => Path.Combine(_folder, "experiments");

    private string Summary => Path.Combine(_folder, "experiments.md");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_has_what_every_page_says_in_short_with_links_from_where_it_is()
    {
        Directory.CreateDirectory(Pages);
        File.WriteAllText(Path.Combine(_folder, "summary.md"), "Said in [short](#rows), see [there](../mathematics.md), [here](other.md), [far](https://a.org/b).\n");
        var text = new StringBuilder("# A task\n\nLong.\n\n");
        ExperimentSummary.Append(text, _folder, ["a", "b"], [["1", "2"], ["3", "4"]], "![drawn](../images/a.svg)");
        File.WriteAllText(Path.Combine(Pages, "task.md"), text + "More that is long.\n");
        File.WriteAllText(Path.Combine(Pages, "other.md"), "# Without a block\n");
        ExperimentSummary.Write(Pages, Summary);
        string written = File.ReadAllText(Summary);
        Assert.EndsWith(
            """
            ## [A task](experiments/task.md)

            Said in [short](experiments/task.md#rows), see [there](mathematics.md), [here](experiments/other.md), [far](https://a.org/b).

            | a | b |
            | --- | --- |
            | 1 | 2 |
            | 3 | 4 |

            ![drawn](images/a.svg)

            """.ReplaceLineEndings("\n"),
            written, StringComparison.Ordinal);
        Assert.DoesNotContain("long", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Without", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_block_is_told()
    {
        Directory.CreateDirectory(Pages);
        File.WriteAllText(Path.Combine(Pages, "half.md"), "# Half\n<!-- summary -->\n");
        var error = Assert.Throws<InvalidDataException>(() => ExperimentSummary.Write(Pages, Summary));
        Assert.Contains("half.md", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Summary));
    }

    [Fact]
    public void The_one_in_the_documentation_is_that_of_its_pages()
    {
        string docs = Path.Combine(Root(), "docs");
        ExperimentSummary.Write(Path.Combine(docs, "experiments"), Summary);
        Assert.Equal(File.ReadAllText(Path.Combine(docs, "experiments.md")), File.ReadAllText(Summary));
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
