using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A machine has a number of spins and a width of coefficients; one that is not known must say both.</summary>
internal static class TargetNumbers
{
    private static readonly (string Argument, int Smallest, int Largest)[] _checks =
    [
        ("Spins", Limits.FewestSpins, Limits.MostSpins),
        ("Bits", Limits.NarrowestCoefficient, Limits.WidestCoefficient),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Target) is not { } target || target.Known("Device", 0) is not { } device)
        {
            yield break;
        }

        foreach ((string argument, int smallest, int largest) in _checks)
        {
            if ((device == (double)Device.Custom || target.Find(argument) is not null)
                && target.Known(argument, double.NaN) is { } value && !(value >= smallest && value <= largest))
            {
                yield return Descriptors.TargetOutOfRange.At(
                    target, argument, argument, Text.Number(smallest), Text.Number(largest),
                    double.IsNaN(value) ? "not given" : Text.Number(value));
            }
        }
    }
}
