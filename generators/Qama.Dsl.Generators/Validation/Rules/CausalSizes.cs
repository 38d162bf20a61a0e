using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Causal selections have blocks of tokens, and problems of no more tokens than a model may have.</summary>
internal static class CausalSizes
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Select) is not { IsBroken: false } select
            || specification.Select.Scope != SelectionScope.Causal)
        {
            yield break;
        }

        double block = select.Number("Block", double.NaN);
        int largest = System.Math.Max(1, System.Math.Min(specification.Tokens, Limits.Tokens));
        if (!(block >= 1 && block <= largest))
        {
            yield return Descriptors.BlockOutOfRange.At(
                select, "Block", double.IsNaN(block) ? "not given" : Text.Number(block), Text.Number(largest));
        }
        else if (select.Number("Memory", 0) is var memory && !(memory >= 0 && memory <= Limits.Tokens - block))
        {
            yield return Descriptors.MemoryOutOfRange.At(
                select, "Memory", Text.Number(memory), Text.Number(Limits.Tokens - block));
        }
    }
}
