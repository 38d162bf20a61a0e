using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Head exclusion empties heads; a lower bound on their sums fills them.</summary>
internal static class FightingPenalties
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!specification.HasExclusion() || declaration.Of(specification.Exclusion!.Origin) is not { } exclusion)
        {
            yield break;
        }

        HardBound? bound = HardBound.Of(declaration, specification)
            .Where(b => b.Part.Bound != ConstraintKind.AtMost && b.Low > 0).OrderByDescending(b => b.Low).FirstOrDefault();
        if (bound is null)
        {
            yield break;
        }

        string heads = Text.Number(specification.HeadCount);
        if (specification.Exclusion.Hard)
        {
            yield return Descriptors.FightingPenalties.At(
                new Locator(bound.Attribute.Ordinal, bound.Argument), bound.Description,
                "[HeadExclusion(Hard = true)]",
                "to take a shared token away can leave a head with too few, so each weight must outweigh the whole range of the energy");
        }
        else if (specification.HeadCount * bound.Low > specification.Tokens)
        {
            yield return Descriptors.FightingPenalties.At(
                new Locator(bound.Attribute.Ordinal, bound.Argument), bound.Description,
                exclusion.Name == WellKnownNames.HeadExclusion ? "[HeadExclusion]" : "the preset's head exclusion",
                $"{heads} heads must share tokens, because {heads} x {Text.Number(bound.Low)} is more than {Text.Number(specification.Tokens)}");
        }
    }
}
