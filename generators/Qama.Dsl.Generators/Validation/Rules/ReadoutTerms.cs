using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A readout of terms needs terms, and terms a readout that has a place for them.</summary>
internal static class ReadoutTerms
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Readout) is not { IsBroken: false } readout || readout.Known("Kind", 0) is null)
        {
            yield break;
        }

        bool hasTerms = declaration.Terms.Any(t => t.Kind == TermKind.Readout);
        if (specification.Readout == ReadoutKind.Terms && !hasTerms)
        {
            yield return Descriptors.ReadoutWithoutTerms.At(readout, "Kind", declaration.Type.Name);
        }

        if (specification.HasReadoutTerms && readout.Find("Weighted") is not null && !declaration.Terms.Any(ReadsEnergy))
        {
            yield return Descriptors.ArgumentWithoutEffect.At(readout, "Weighted", "Weighted", "no readout term reads the energy")
                .OrRemove(readout, "Weighted");
        }

        for (int t = 0; t < declaration.Terms.Count; t++)
        {
            if (declaration.Terms[t].Kind == TermKind.Readout && specification.Readout is not (ReadoutKind.Terms or ReadoutKind.Expectation))
            {
                yield return Descriptors.ReadoutTermUnread.At(
                    Locator.OfTerm(t, DeclaredTerm.NamePlace), declaration.Terms[t].Name, specification.Readout.ToString());
            }
        }
    }

    private static bool ReadsEnergy(DeclaredTerm term) =>
        term.Kind == TermKind.Readout && term.Parameters.Any(p => p.Kind == TermParameterKind.Energy);
}
