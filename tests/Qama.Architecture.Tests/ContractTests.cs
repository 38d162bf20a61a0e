using System.Text.RegularExpressions;

namespace Qama.Architecture.Tests;

/// <summary>What compiler and runtime must agree on is written once, in a folder that both compile.</summary>
public sealed partial class ContractTests
{
    private const string Contract = "src/Qama.Dsl/Declarations/Contract/";

    [Theory]
    [InlineData(@"\b0\.037\b")] // unbalanced penalties
    [InlineData(@"\b0\.96\b")]
    [InlineData(@"\b1\.0 / 1024\b")] // the margin of proved weights
    [InlineData(@"\(550, 8\)")] // machines
    [InlineData(@"\(1000, 8\)")]
    [InlineData(@"\+ 15\) (& ~15|/ 16 \* 16)")] // the length of a row
    [InlineData(@"const int Width = 16")]
    [InlineData(@"enum (ConstraintKind|ChangeKind)\b")]
    public void A_number_or_kind_of_the_contract_is_written_once(string pattern)
    {
        string[] places =
        [
            .. new[] { "src", "generators" }
                .SelectMany(f => Directory.GetFiles(
                    Path.Combine(Houses.Repository, f), "*.cs", SearchOption.AllDirectories))
                .Select(path => Path.GetRelativePath(Houses.Repository, path).Replace('\\', '/'))
                .Where(path => !Outputs().IsMatch(path))
                .Where(path => File.ReadLines(Path.Combine(Houses.Repository, path))
                    .Any(line => Regex.IsMatch(Comment().Replace(line, ""), pattern)))
                .Where(path => !path.StartsWith(Contract, StringComparison.Ordinal)),
        ];
        Assert.Empty(places.Except(["src/Qama.Dsl/Declarations/Vocabulary.cs"])); // compiled twice as well
    }

    [Fact]
    public void The_folder_is_compiled_into_the_generator()
    {
        string project = Path.Combine(
            Houses.Repository, "generators", "Qama.Dsl.Generators", "Qama.Dsl.Generators.csproj");
        Assert.Contains($"Include=\"../../{Contract}*.cs\"", File.ReadAllText(project), StringComparison.Ordinal);
    }

    [GeneratedRegex("/(obj|bin)/")]
    private static partial Regex Outputs();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
