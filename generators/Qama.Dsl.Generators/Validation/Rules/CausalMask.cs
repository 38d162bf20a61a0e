using System;
using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>
/// A causal mask says what single queries may see. One selection for all of them is made of all tokens together; causal selections need
/// no mask.
/// </summary>
internal static class CausalMask
{
    /// <summary>Tokens of a block that is offered: few enough to answer soon, enough to fill registers.</summary>
    private const int OfferedBlock = 16;

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.IsBroken || specification.Mask.Pattern != MaskPattern.Causal
            || declaration.Find(WellKnownNames.Mask) is not { } mask)
        {
            yield break;
        }

        if (specification.Select.Scope == SelectionScope.Causal)
        {
            yield return Descriptors.IdleMask.At(mask, "Pattern").OrRemove(mask);
        }
        else if (specification.Select.Scope == SelectionScope.Head)
        {
            Finding finding = Descriptors.CausalMask.At(mask, "Pattern");
            string block = Text.Number(Math.Max(1, Math.Min(OfferedBlock, specification.Tokens)));
            yield return declaration.Find(WellKnownNames.Select) is { } select
                ? finding.OrSet(select, "Per", "SelectionScope.Query")
                : finding.OrAddAfter(mask, "Select(Per = SelectionScope.Query)")
                    .OrReplace(mask, $"Select(Per = SelectionScope.Causal, Block = {block})");
        }
    }
}
