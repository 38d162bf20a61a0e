using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>
/// Without a term that bends it, the energy is affine in each selection weight: an optimum sits at 0 or 1, and the bits in between
/// only cost spins. At a temperature all weights are sampled, so an expectation uses them.
/// </summary>
internal static class IdleBits
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!declaration.HasSizes(specification))
        {
            yield break;
        }

        bool onBits = specification.HasExclusion() && specification.Exclusion!.On == ExclusionTarget.Bits;
        if (specification.Selection is { Bits: > 1, Curvature: 0 } && specification.Sparsity.Count == 0 && !onBits
            && !specification.Coupling.KeepDiagonal && !specification.AveragesReads
            && declaration.Find(WellKnownNames.SoftSelection) is { } selection)
        {
            yield return Descriptors.IdleBits.At(selection, "Bits", Text.Number(specification.Selection.Bits));
        }
        else if (specification.Selection.Bits == 1 && onBits
            && declaration.Find(WellKnownNames.HeadExclusion) is { } exclusion && exclusion.Find("On") is not null)
        {
            yield return Descriptors.ExclusionOnSingleBits.At(exclusion, "On").OrRemove(exclusion, "On");
        }
    }
}
