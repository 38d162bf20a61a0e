using System.Collections.Generic;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A window or a block takes some pairs out and leaves some.</summary>
internal static class MaskedPairs
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!declaration.HasGeometry(specification) || specification.HasOwnProblems || specification.Tokens < 2
            || specification.Mask.Pattern is not (MaskPattern.Window or MaskPattern.Block)
            || declaration.Find(WellKnownNames.Mask) is not { } mask)
        {
            yield break;
        }

        TokenGeometry geometry = specification.Geometry;
        if (geometry.PairCount == 0)
        {
            yield return Descriptors.MaskWithoutPairs.At(mask, "Size");
        }
        else if (geometry.PairCount == (geometry with { Mask = MaskPattern.All }).PairCount)
        {
            yield return Descriptors.IdleMask.At(mask, "Size").OrRemove(mask);
        }
    }
}
