using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>A problem fits its machine.</summary>
internal static class SpinCount
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (specification.Target is not { } machine || declaration.Of(machine.Origin) is not { } target
            || specification.Spins.Total <= machine.Spins)
        {
            yield break;
        }

        SpinBudget spins = specification.Spins;
        int bits = specification.Selection.Bits;
        string cost = $"{Text.Number(specification.HeadCount)} heads x {Text.Number(specification.Tokens)} tokens"
            + (bits > 1 ? $" x {Text.Number(bits)} bits" : "") + $" = {Text.Number(spins.Variables)}"
            + (spins.SlackCount > 0 ? $", slack {Text.Number(spins.SlackCount)}" : "")
            + $", auxiliary {Text.Number(spins.Auxiliary)}: {Text.Number(spins.Total)} of {Text.Number(machine.Spins)}";
        DeclaredAttribute? selection = declaration.Find(WellKnownNames.SoftSelection);
        string advice = bits > 1 ? $"; {(selection is null ? "the preset's" : "SoftSelection's")} {Text.Number(bits)} bits take {Text.Number(bits)} times the selection spins of one" : "";
        Finding finding = Descriptors.TooManySpins.At(new Locator(target.Ordinal), cost + advice);
        int fitting = Enumerable.Range(1, bits - 1).Reverse().FirstOrDefault(b => Fits(specification, b));
        yield return fitting > 0 && selection is not null
            ? finding.OrSet(selection, "Bits", Text.Number(fitting))
            : finding;
    }

    /// <summary>Whether fewer bits suffice, and still say what the sparsity bounds mean.</summary>
    private static bool Fits(ModelSpecification specification, int bits)
    {
        ModelSpecification smaller = specification with { Selection = specification.Selection with { Bits = bits } };
        return smaller.Spins.Total <= specification.Target!.Spins
            && specification.Sparsity.All(p => !p.IsHard || SparsityBounds.IsRepresentable(p.Count, bits));
    }
}
