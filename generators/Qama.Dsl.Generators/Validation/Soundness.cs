using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation;

/// <summary>What rules that combine several parts of a declaration ask for first: other rules report what is missing.</summary>
internal static class Soundness
{
    /// <summary>Whether the sizes are all known and in range.</summary>
    public static bool HasSizes(this ModelDeclaration declaration, ModelSpecification specification) =>
        !declaration.IsBroken
        && InRange(specification.Tokens, Limits.TokensOf(specification)) && InRange(specification.EmbeddingDim, Limits.EmbeddingDim)
        && InRange(specification.ProblemTokens, Limits.FactoredTokens) && InRange(specification.HeadCount, Limits.Heads) && InRange(specification.HeadDim, Limits.EmbeddingDim)
        && InRange(specification.Selection.Bits, Limits.Bits);

    /// <summary>Whether distances and the mask are known as well.</summary>
    public static bool HasGeometry(this ModelDeclaration declaration, ModelSpecification specification) =>
        declaration.HasSizes(specification)
        && specification.Grid is not ({ Rows: < 1 } or { Columns: < 1 })
        && (specification.Grid is not { } grid || (long)grid.Rows * grid.Columns == specification.Tokens)
        && (specification.Mask.Size >= 1 || specification.Mask.Pattern is not (MaskPattern.Window or MaskPattern.Block));

    private static bool InRange(int value, int largest) => value >= 1 && value <= largest;
}
