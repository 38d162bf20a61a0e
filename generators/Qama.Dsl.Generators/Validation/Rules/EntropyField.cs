using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>The entropy-share readout divides shares of a token's entropy by its field, which must be that entropy.</summary>
internal static class EntropyField
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.IsBroken || specification.Readout != ReadoutKind.EntropyShare)
        {
            yield break;
        }

        // A preset's own readout is at fault only where an attribute took its field away.
        Locator locator = declaration.Find(WellKnownNames.Readout) is { } readout ? new Locator(readout.Ordinal, "Kind")
            : declaration.Find(WellKnownNames.Field) is { } field ? new Locator(field.Ordinal)
            : declaration.Root();
        if (!specification.DeclaresField)
        {
            yield return Descriptors.EntropyShareWithoutField.At(locator);
        }
        else if (specification.Field.Importance != Importance.ValueEntropy || specification.TermsOf(TermKind.Field).Any())
        {
            yield return Descriptors.EntropyShareOfOtherField.At(
                locator, specification.TermsOf(TermKind.Field).Any() ? "a field term" : specification.Field.Importance.ToString());
        }
    }
}
