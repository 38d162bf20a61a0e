using System.Collections.Generic;
using Qama.Generators.Declarations;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Only the softmax of selected attention knows an order of tokens; elsewhere a causal mask would be a false promise.</summary>
internal static class CausalReadout
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!declaration.IsBroken && specification.Mask.Pattern == MaskPattern.Causal
            && specification.Readout != ReadoutKind.SelectedAttention && declaration.Find(WellKnownNames.Mask) is { } mask)
        {
            yield return Descriptors.CausalWithoutAttention.At(mask, "Pattern", specification.Readout.ToString())
                .OrRemove(mask);
        }
    }
}
