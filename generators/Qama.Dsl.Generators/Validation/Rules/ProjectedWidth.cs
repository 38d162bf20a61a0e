using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Inputs that already are query, key and value of all heads are as wide as these together.</summary>
internal static class ProjectedWidth
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!specification.Inputs.Projected || !declaration.HasSizes(specification)
            || declaration.Find(WellKnownNames.QuboAttention) is not { } root
            || declaration.Find(WellKnownNames.Heads) is not { } heads || heads.Find("HeadDim") is null)
        {
            yield break;
        }

        long width = (long)specification.HeadCount * specification.HeadDim;
        if (width == specification.EmbeddingDim)
        {
            yield break;
        }

        Finding finding = Descriptors.ProjectedWidth.At(
            heads, "HeadDim", Text.Number(specification.EmbeddingDim), Text.Number(specification.HeadCount),
            Text.Number(specification.HeadDim), Text.Number(width));
        if (width <= Limits.EmbeddingDim)
        {
            finding = finding.OrSet(root, "EmbeddingDim", Text.Number(width));
        }

        if (specification.EmbeddingDim % specification.HeadCount == 0)
        {
            finding = finding.OrRemove(heads, "HeadDim");
        }

        yield return finding;
    }
}
