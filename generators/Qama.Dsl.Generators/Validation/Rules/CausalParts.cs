using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>What a layer whose selections are causal cannot have: nothing of a token may depend on later ones.</summary>
internal static class CausalParts
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.IsBroken || specification.Select.Scope != SelectionScope.Causal)
        {
            yield break;
        }

        if (specification.Readout is not (ReadoutKind.SelectedAttention or ReadoutKind.LocalEnergy))
        {
            yield return Descriptors.CausalReadout.At(
                PlaceOf(declaration, specification.ReadoutOptions.Origin, "Kind"), specification.Readout.ToString());
        }

        (PartOrigin Origin, bool IsNormalized, string What)[] parts =
        [
            (specification.Coupling.Origin, specification.HasCoupling && specification.Coupling.Normalize == Normalization.Batch, "Couplings"),
            (specification.Field.Origin, specification.HasField && specification.Field.Normalize == Normalization.Batch, "Fields"),
            (specification.ReadoutOptions.Origin, specification.ReadoutOptions.Normalize == Normalization.Batch, "Outputs"),
        ];
        foreach ((PartOrigin origin, bool isNormalized, string what) in parts)
        {
            if (isNormalized)
            {
                Finding finding = Descriptors.CausalNormalization.At(PlaceOf(declaration, origin, "Normalize"), what);
                yield return declaration.Of(origin) is { } attribute && attribute.Find("Normalize") is not null
                    ? finding.OrRemove(attribute, "Normalize")
                    : finding;
            }
        }

        if (declaration.Find(WellKnownNames.Gradient) is { } gradient && specification.Gradient.Kind != GradientKind.Energy)
        {
            yield return Descriptors.CausalGradient.At(gradient, "Kind", specification.Gradient.Kind.ToString()).OrRemove(gradient);
        }

        if (declaration.Find(WellKnownNames.LearnedCoupling) is { } learned)
        {
            yield return Descriptors.CausalLearnedCoupling.At(learned).OrRemove(learned);
        }
    }

    /// <summary>The argument that says it; of a preset the preset.</summary>
    private static Locator PlaceOf(ModelDeclaration declaration, PartOrigin origin, string argument) => origin.Kind switch
    {
        OriginKind.Attribute => new Locator(origin.Ordinal, argument),
        OriginKind.Preset => new Locator(origin.Ordinal, "Preset"),
        _ => declaration.Find(WellKnownNames.Select) is { } select ? new Locator(select.Ordinal, "Per") : declaration.Root(),
    };
}
