using System;
using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A term's weight is a positive number; 0 takes a part of the preset away.</summary>
internal static class Weights
{
    private static readonly (string Attribute, Func<DeclaredAttribute, bool>? IsRequired, bool InPresets)[] _checks =
    [
        (WellKnownNames.Coupling, null, true),
        (WellKnownNames.LearnedCoupling, null, true),
        (WellKnownNames.Field, null, true),

        // The weight of a hard constraint is proved or computed where it is left out.
        (WellKnownNames.HeadExclusion, static a => a.Known("Hard", 0) is 0, true),
        (WellKnownNames.Sparsity, IsUnbalanced, false),
        (WellKnownNames.LongRange, static _ => true, false),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        bool hasPreset = declaration.Find(WellKnownNames.QuboAttention)?.Known("Preset", 0) is null or not (double)Preset.None;
        foreach ((string name, Func<DeclaredAttribute, bool>? isRequired, bool inPresets) in _checks)
        {
            foreach (DeclaredAttribute attribute in declaration.FindAll(name))
            {
                bool required = isRequired?.Invoke(attribute) ?? false;
                bool given = attribute.Find("Weight") is not null;
                if (attribute.Known("Weight", double.NaN) is not { } weight || (!given && !required))
                {
                    continue;
                }

                // NaN is "not given" where there is no default.
                if (double.IsNaN(weight) && isRequired is not null)
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

        if (declaration.Find(WellKnownNames.SoftSelection) is { } selection
            && selection.Known("Curvature", 0) is { } curvature && curvature != 0 && !IsPositive(curvature))
        {
            yield return Descriptors.CurvatureOutOfRange.At(
                selection, "Curvature", Text.Number(curvature),
                Text.Number(Limits.SmallestWeight), Text.Number(Limits.LargestWeight));
        }
    }

    /// <summary>Whether a bound is soft: nothing is proved about unbalanced penalties.</summary>
    private static bool IsUnbalanced(DeclaredAttribute sparsity) =>
        sparsity.Known("Slack", 0) is (double)SlackKind.Unbalanced
        && (sparsity.Find(nameof(ConstraintKind.AtMost)) is not null
            || sparsity.Find(nameof(ConstraintKind.AtLeast)) is not null);

    private static bool IsPositive(double weight) => weight >= Limits.SmallestWeight && weight <= Limits.LargestWeight;
}
