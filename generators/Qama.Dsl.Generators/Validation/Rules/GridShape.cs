using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Every token is one cell of the grid.</summary>
internal static class GridShape
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.QuboAttention) is not { } root || declaration.Find(WellKnownNames.Grid) is not { } grid
            || root.Known("Tokens", 0) is not (>= 1 and <= Limits.FactoredTokens and var tokens)
            || grid.Known("Rows", 0) is not (>= 1 and <= Limits.Tokens and var rows)
            || grid.Known("Columns", 0) is not (>= 1 and <= Limits.Tokens and var columns)
            || rows * columns == tokens)
        {
            yield break;
        }

        Finding finding = Descriptors.GridMismatch.At(
            new Locator(grid.Ordinal), Text.Number(rows), Text.Number(columns), Text.Number(rows * columns), Text.Number(tokens));
        if (rows * columns <= Limits.TokensOf(specification))
        {
            finding = finding.OrSet(root, "Tokens", Text.Number(rows * columns));
        }

        if (tokens % columns == 0)
        {
            finding = finding.OrSet(grid, "Rows", Text.Number(tokens / columns));
        }

        if (tokens % rows == 0)
        {
            finding = finding.OrSet(grid, "Columns", Text.Number(tokens / rows));
        }

        yield return finding;
    }
}
