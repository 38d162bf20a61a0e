using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Qama.Generators.Tests.Documentation;

/// <summary>The page on training names every public type.</summary>
public partial class TrainingPageTests
{
    [Fact]
    public void Every_public_type_is_named()
    {
        string page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs", "training.md"));
        string[] named = [.. Name().Matches(page).Select(m => m.Groups[1].Value)];
        Assert.Empty(typeof(Training.Dataset<>).Assembly.GetExportedTypes()
            .Where(type => !type.IsNested).Select(type => type.Name.Split('`')[0]).Except(named));
    }

    private static string Here([CallerFilePath] string here = "") => here;

    [GeneratedRegex(@"`([A-Z]\w+)(<T>)?`")]
    private static partial Regex Name();
}
