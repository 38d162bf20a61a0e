using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>The memory of one sample must fit arrays. Rows are padded to 16 numbers, as the runtime's are.</summary>
internal static class ArraySizes
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        DeclaredAttribute root = declaration.Find(WellKnownNames.QuboAttention)!;
        if (!declaration.HasSizes(specification))
        {
            yield break;
        }

        long heads = specification.HeadCount;
        long output = heads * specification.HeadDim;
        int longest = System.Math.Max(specification.Tokens, specification.Keys);
        bool factored = FactoredCouplings.AreUsedBy(specification);
        (string Argument, string What, long Length)[] arrays =
        [
            factored
                ? ("Tokens", "what annealing of a sample works on", AnnealedFeatures(specification))
                : ("Tokens", "the couplings of a sample", heads * WrittenCouplings(specification)),
            ("EmbeddingDim", "the three inputs of a sample", 3L * longest * Stride(specification.EmbeddingDim)),
            ("Tokens", "query, key and value of a sample", 3 * output * Stride(longest)),
            ("EmbeddingDim", "the three projections", 3 * output * Stride(specification.EmbeddingDim)),
        ];
        (string argument, string what, long length) = arrays.OrderByDescending(a => a.Length).First();
        if (length > Limits.ArrayLength)
        {
            yield return Descriptors.TooLarge.At(
                root, argument, declaration.Type.Name, Text.Number(length), what, Text.Number(Limits.ArrayLength));
        }
    }

    // A causal layer writes them out block by block, and only its problem is as large.
    private static long WrittenCouplings(ModelSpecification specification) => specification.Select.Scope == SelectionScope.Causal
        ? specification.ProblemTokens * Stride(specification.ProblemTokens)
        : specification.Tokens * Stride(specification.Keys);

    // Tiles of the features of both sides, each in fours; rows of what else there is of a token; vectors of a head, a sample of tiles.
    private static long AnnealedFeatures(ModelSpecification specification)
    {
        long features = 2 * ((FactoredCouplings.RankOf(specification) + 3L) / 4 * 4);
        return (specification.HeadCount * Stride(specification.Tokens) * (features + 5)) + Stride(specification.Tokens)
            + ((specification.HeadCount + 600) * (features + 64));
    }

    private static long Stride(int length) => (length + 15L) & ~15L;
}
