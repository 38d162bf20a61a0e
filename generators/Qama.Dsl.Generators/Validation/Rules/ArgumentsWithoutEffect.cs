using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Arguments that another argument of the same attribute makes meaningless.</summary>
internal static class ArgumentsWithoutEffect
{
    private static readonly (string Attribute, string Argument, Func<DeclaredAttribute, bool> IsIdle, string Reason)[] _checks =
    [
        (WellKnownNames.Readout, "Weighted",
            static a => Is(a, "Kind", (double)ReadoutKind.SelectedAttention) || Is(a, "Kind", (double)ReadoutKind.MarginalAttention),
            "attention reads no energies out"),
        (WellKnownNames.Readout, "StartAtZero",
            static a => Is(a, "Normalize", (double)Normalization.None) && !Is(a, "Kind", (double)ReadoutKind.EntropyShare),
            "only a normalised output has a scale"),
        (WellKnownNames.Gradient, "Lambda", static a => IsNone(a, GradientKind.Blackbox, GradientKind.Perturbed),
            "only GradientKind.Blackbox and Perturbed shift fields by it"),
        (WellKnownNames.Gradient, "Samples", static a => IsNone(a, GradientKind.Perturbed), "only GradientKind.Perturbed averages samples"),
        (WellKnownNames.Gradient, "Sigma", static a => IsNone(a, GradientKind.Perturbed), "only GradientKind.Perturbed has noise"),
        (WellKnownNames.Gradient, "Noise", static a => IsNone(a, GradientKind.Perturbed), "only GradientKind.Perturbed has noise"),
        (WellKnownNames.Gradient, "Beta", static a => IsNone(a, GradientKind.Nudged), "only GradientKind.Nudged nudges"),
        (WellKnownNames.Select, "QueryBlock", IsNotPerQuery, "only selections per query have blocks of queries"),
        (WellKnownNames.Select, "Unit", IsNotPerQuery, "only selections per query have units of keys"),
        (WellKnownNames.Mask, "Size", static a => a.Known("Pattern", 0) is (double)MaskPattern.All or (double)MaskPattern.Causal,
            "only windows and blocks have a size"),
        (WellKnownNames.Field, "Weight", IsNoField, "there is no field"),
        (WellKnownNames.Field, "Scale", IsNoField, "there is no field"),
        (WellKnownNames.Field, "Normalize", IsNoField, "there is no field"),
        (WellKnownNames.Sparsity, "Slack",
            static a => a.Find(nameof(ConstraintKind.Exactly)) is not null
                && a.Find(nameof(ConstraintKind.AtMost)) is null && a.Find(nameof(ConstraintKind.AtLeast)) is null,
            "an equation has no slack"),
        (WellKnownNames.HeadExclusion, "Scale",
            static a => Is(a, "Hard", 1) && a.Known("Weight", double.NaN) is double.NaN,
            "without Weight the final weight is proved or computed"),
        (WellKnownNames.Select, "Block", IsNotCausal, "only SelectionScope.Causal has blocks of tokens"),
        (WellKnownNames.Select, "Memory", IsNotCausal, "only SelectionScope.Causal has a memory"),
        (WellKnownNames.Inputs, "Bias", static a => Is(a, "Projected", 1), "projected inputs have no projections"),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach ((string name, string argument, Func<DeclaredAttribute, bool> isIdle, string reason) in _checks)
        {
            foreach (DeclaredAttribute attribute in declaration.FindAll(name))
            {
                // User terms take the part's weight, scale and normalisation.
                bool hasTerms = name == WellKnownNames.Field && declaration.Terms.Any(t => t.Kind == TermKind.Field);
                if (!attribute.IsBroken && !hasTerms && attribute.Find(argument) is not null && isIdle(attribute))
                {
                    yield return Descriptors.ArgumentWithoutEffect.At(attribute, argument, argument, reason)
                        .OrRemove(attribute, argument);
                }
            }
        }
    }

    private static bool IsNone(DeclaredAttribute gradient, params GradientKind[] kinds) =>
        gradient.Known("Kind", 0) is { } kind && !kinds.Contains((GradientKind)kind);

    private static bool IsNotCausal(DeclaredAttribute select) => !Is(select, "Per", (double)SelectionScope.Causal);

    private static bool IsNotPerQuery(DeclaredAttribute select) => !Is(select, "Per", (double)SelectionScope.Query);

    /// <summary>Weight = 0 beside a preset is the other way to say that there is no field.</summary>
    private static bool IsNoField(DeclaredAttribute field) =>
        Is(field, "Importance", (double)Importance.None) && field.Find("Weight")?.Value is not 0.0;

    private static bool Is(DeclaredAttribute attribute, string argument, double value) =>
        attribute.Known(argument, 0) is { } known && known == value;
}
