using System.Collections.Generic;
using Qama.Generators.Declarations;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A term's weight is a positive number; 0 takes a part of the preset away.</summary>
internal static class Weights
{
    private static readonly (string Attribute, bool RequiredIfSoft, bool InPresets)[] _checks =
    [
        (WellKnownNames.Coupling, false, true),
        (WellKnownNames.Field, false, true),
        (WellKnownNames.HeadExclusion, true, true),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        bool hasPreset = declaration.Find(WellKnownNames.QuboAttention)?.Known("Preset", 0) is null or not (double)Preset.None;
        foreach ((string name, bool requiredIfSoft, bool inPresets) in _checks)
        {
            foreach (DeclaredAttribute attribute in declaration.FindAll(name))
            {
                // The weight of a hard constraint is proved or computed where it is left out.
                bool required = requiredIfSoft && attribute.Known("Hard", 0) is 0;
                bool given = attribute.Find("Weight") is not null;
                if (attribute.Known("Weight", double.NaN) is not { } weight || (!given && !required))
                {
                    continue;
                }

                // NaN is "not given" where there is no default.
                if (double.IsNaN(weight) && requiredIfSoft)
                {
                    if (required)
                    {
                        yield return Descriptors.WeightMissing.At(attribute, "Weight", name);
                    }
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
