using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>
/// A causal mask acts in the softmax of selected attention only: with another readout it would do nothing, and even there the selection is
/// made of all tokens together.
/// </summary>
internal static class CausalReadout
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.IsBroken || specification.HasOwnProblems || specification.Mask.Pattern != MaskPattern.Causal
            || declaration.Find(WellKnownNames.Mask) is not { } mask)
        {
            yield break;
        }

        yield return specification.Readout == ReadoutKind.SelectedAttention
            ? Descriptors.CausalSelection.At(mask, "Pattern")
            : Descriptors.CausalWithoutAttention.At(mask, "Pattern", specification.Readout.ToString()).OrRemove(mask);
    }
}
