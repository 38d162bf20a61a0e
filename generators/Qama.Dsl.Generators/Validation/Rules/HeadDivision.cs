using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Without HeadDim the embedding is split evenly among the heads.</summary>
internal static class HeadDivision
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.QuboAttention) is { } root && declaration.Find(WellKnownNames.Heads) is { } heads
            && !heads.IsBroken && heads.Find("HeadDim") is null
            && root.Known("EmbeddingDim", 0) is >= 1 and <= Limits.EmbeddingDim and var embedding
            && heads.Known("Count", 0) is >= 1 and <= Limits.Heads and var count
            && embedding % count != 0)
        {
            yield return Descriptors.HeadDivision.At(heads, "Count", Text.Number(embedding), Text.Number(count));
        }
    }

    /// <summary>The head counts nearest to the written one that divide the embedding: one, or two equally near.</summary>
    public static IEnumerable<int> NearestDivisors(int embedding, int count)
    {
        for (int distance = 1; distance < Limits.Heads; distance++)
        {
            bool lower = count > distance && embedding % (count - distance) == 0;
            bool upper = count + distance <= Limits.Heads && embedding % (count + distance) == 0;
            if (lower)
            {
                yield return count - distance;
            }

            if (upper)
            {
                yield return count + distance;
            }

            if (lower || upper)
            {
                yield break;
            }
        }
    }
}
