using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A memory keeps few whole tokens, each head its own.</summary>
internal static class MemoryParts
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!declaration.HasSizes(specification) || specification.Select is not { Scope: SelectionScope.Causal, Memory: > 0 and var memory }
            || declaration.Find(WellKnownNames.Select) is not { } select)
        {
            yield break;
        }

        if (specification.HasExclusion() && specification.Exclusion!.Hard && declaration.Find(WellKnownNames.HeadExclusion) is { } exclusion)
        {
            yield return Descriptors.MemoryWithExclusion.At(exclusion, "Hard").OrRemove(exclusion, "Hard");
        }

        if (specification.Selection.Bits > 1)
        {
            yield return Descriptors.MemoryOfParts.At(select, "Memory", Text.Number(specification.Selection.Bits));
        }

        foreach (HardBound bound in HardBound.Of(declaration, specification))
        {
            string? reason = bound.Part.Bound == ConstraintKind.AtMost ? null
                : bound.Low > memory ? $"at most {Text.Number(memory)} tokens stay"
                : bound.Low > specification.Select.Block
                    ? $"the first block has {Text.Number(specification.Select.Block)} tokens, and nothing was kept before it"
                : null;
            if (reason is not null)
            {
                yield return Descriptors.MemoryTooSmall.At(bound.Attribute, bound.Argument, bound.Description, reason);
            }
        }
    }
}
