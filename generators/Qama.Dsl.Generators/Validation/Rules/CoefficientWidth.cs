using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Validation.Machine;

namespace Qama.Generators.Validation.Rules;

/// <summary>A machine's integers keep the terms apart from zero.</summary>
internal static class CoefficientWidth
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (specification.Target is not { } machine || declaration.Of(machine.Origin) is not { } target)
        {
            yield break;
        }

        // Integers from −levels to levels.
        double levels = Math.Pow(2, machine.Bits - 1) - 1;
        string width = Text.Number(machine.Bits);
        ModelFootprint footprint = ModelFootprint.Of(specification);
        double step = footprint.LeastLargest / levels;
        foreach (TermFootprint term in footprint.Terms.Where(t => t.Strength > 0 && t.Strength < step / 2))
        {
            TermFootprint dominant = footprint.Dominant!;
            string worst = dominant.Constraint is { Proved: not null } constraint && double.IsNaN(constraint.Declared)
                ? ", whose weight is proved for the worst case: a smaller Weight may do" : "";
            yield return Descriptors.RoundsToZero.At(
                new Locator((declaration.Of(term.Origin) ?? target).Ordinal), term.Name, width, Text.About(term.Strength),
                Text.About(step), $"[{dominant.Name}]{worst}");
        }

        foreach (Finding finding in DrownedByComputedWeights(declaration, specification, footprint, levels, width))
        {
            yield return finding;
        }

        int bits = specification.Selection.Bits;
        DeclaredAttribute place = declaration.Find(WellKnownNames.SoftSelection) ?? target;
        if (bits > 1 && SmallestShare(specification, footprint) * levels < 1)
        {
            yield return Descriptors.WeightsBelowStep.At(place, "Bits", Text.Fraction(1, (1L << bits) - 1), width);
        }
    }

    /// <summary>Coefficients of the weakest bit, at most, as a share of the largest of all, at least.</summary>
    private static double SmallestShare(ModelSpecification specification, ModelFootprint footprint)
    {
        double toStrongest = 1.0 / (1 << (specification.Selection.Bits - 1));

        // Bits that exclude each other do so with equal strength.
        if (specification.HasExclusion() && ModelPenalties.ExclusionTargetOf(specification) == Vocabulary.ExclusionTarget.Bits)
        {
            return double.PositiveInfinity;
        }

        double strongest = Math.Max(
            footprint.Terms.Sum(t => t.Field.Magnitude),
            Math.Max(footprint.Terms.Sum(t => t.HeadPair.Magnitude), footprint.Terms.Sum(t => t.TokenPair.Magnitude)));
        double known = footprint.LeastLargest > 0 && !double.IsInfinity(strongest)
            ? strongest / footprint.LeastLargest
            : 1;
        return toStrongest * Math.Min(1, known);
    }

    /// <summary>Weights computed from unbounded couplings: how large against the largest coupling they can become.</summary>
    private static IEnumerable<Finding> DrownedByComputedWeights(
        ModelDeclaration declaration, ModelSpecification specification, ModelFootprint footprint, double levels, string width)
    {
        if (!specification.HasCoupling || specification.Geometry.PairCount == 0)
        {
            yield break;
        }

        int bits = specification.Selection.Bits;
        double c = (double)(1 << (bits - 1)) / ((1 << bits) - 1);
        double coupling = specification.Coupling.Weight * c * c / 2;
        foreach (TermFootprint term in footprint.Terms)
        {
            if (term.Constraint is not { Weight: null } constraint || declaration.Of(term.Origin) is not { } attribute)
            {
                continue;
            }

            // The worst problem has couplings of ±1 everywhere, and the strongest pair of the penalty is c²/2 or c²/4.
            double weight = constraint.Sufficient.Proved(new Interval(-1, 1), Interval.Point(0)) ?? 0;
            double ratio = weight * (constraint.Index < 0 ? c * c / 4 : c * c / 2) / coupling;
            if (ratio > 2 * levels)
            {
                yield return Descriptors.ComputedWeightDrowns.At(
                    new Locator(attribute.Ordinal), PenaltyWeights.Describe(constraint, specification), Text.About(ratio), width);
            }
        }
    }
}
