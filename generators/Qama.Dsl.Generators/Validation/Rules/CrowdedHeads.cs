using System;
using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Heads that share no token must together find enough tokens.</summary>
internal static class CrowdedHeads
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!specification.HasExclusion() || !specification.Exclusion!.Hard)
        {
            yield break;
        }

        foreach (HardBound bound in HardBound.Of(declaration, specification))
        {
            if (bound.Part.Bound != ConstraintKind.AtMost && Needed(specification, bound.Low) > specification.Tokens)
            {
                yield return Descriptors.CrowdedHeads.At(
                    bound.Attribute, bound.Argument, Text.Number(specification.HeadCount), bound.Description,
                    Text.Number(Needed(specification, bound.Low)), Text.Number(specification.Tokens));
            }
        }
    }

    /// <summary>Tokens that the heads need together: whole ones unless heads may share the bits of a token.</summary>
    public static double Needed(ModelSpecification specification, double count) => specification.HeadCount
        * (ModelPenalties.ExclusionTargetOf(specification) == ExclusionTarget.Bits ? count : Math.Ceiling(count - 1e-9));
}
