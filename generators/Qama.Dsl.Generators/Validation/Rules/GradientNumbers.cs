using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>An estimator's numbers are positive, and it has a sample or more.</summary>
internal static class GradientNumbers
{
    private static readonly (string Argument, GradientKind[] Kinds)[] _numbers =
    [
        ("Lambda", [GradientKind.Blackbox, GradientKind.Perturbed]),
        ("Sigma", [GradientKind.Perturbed]),
        ("Beta", [GradientKind.Nudged]),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Gradient) is not { } gradient || gradient.Known("Kind", 0) is not { } kind)
        {
            yield break;
        }

        foreach ((string argument, GradientKind[] kinds) in _numbers)
        {
            if (System.Array.IndexOf(kinds, (GradientKind)kind) >= 0 && gradient.Known(argument, 1) is { } value
                && !(value >= Limits.SmallestWeight && value <= Limits.LargestWeight))
            {
                yield return Descriptors.GradientNumberOutOfRange.At(
                    gradient, argument, argument, Text.Number(value), Text.Number(Limits.SmallestWeight), Text.Number(Limits.LargestWeight));
            }
        }

        if (kind == (double)GradientKind.Perturbed && gradient.Known("Samples", 1) is { } samples and not (>= 1 and <= Limits.MostReads))
        {
            yield return Descriptors.GradientNumberOutOfRange.At(
                gradient, "Samples", "Samples", Text.Number(samples), "1", Text.Number(Limits.MostReads));
        }
    }
}
