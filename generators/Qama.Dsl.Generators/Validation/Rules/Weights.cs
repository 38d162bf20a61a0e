using System.Collections.Generic;
using Qama.Generators.Declarations;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A term's weight is a positive number; 0 takes a part of the preset away.</summary>
internal static class Weights
{
    private static readonly (string Attribute, bool Required, bool InPresets)[] _checks =
    [
        (WellKnownNames.Coupling, false, true),
        (WellKnownNames.Field, false, true),
        (WellKnownNames.HeadExclusion, true, true),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        bool hasPreset = declaration.Find(WellKnownNames.QuboAttention)?.Known("Preset", 0) is null or not (double)Preset.None;
        foreach ((string name, bool required, bool inPresets) in _checks)
        {
            foreach (DeclaredAttribute attribute in declaration.FindAll(name))
            {
                bool given = attribute.Find("Weight") is not null;
                if (attribute.Known("Weight", double.NaN) is not { } weight || (!given && !required))
                {
                    continue;
                }

                // Required weights have NaN for "not given".
                if (double.IsNaN(weight) && required)
                {
                    yield return Descriptors.WeightMissing.At(attribute, "Weight", name);
                }
                else if (!IsPositive(weight) && !(weight == 0 && hasPreset && inPresets))
                {
                    yield return Descriptors.WeightNotPositive.At(
                        attribute, "Weight", name, Text.Number(weight),
                        Text.Number(Limits.SmallestWeight), Text.Number(Limits.LargestWeight));
                }
            }
        }
    }

    private static bool IsPositive(double weight) => weight >= Limits.SmallestWeight && weight <= Limits.LargestWeight;
}
