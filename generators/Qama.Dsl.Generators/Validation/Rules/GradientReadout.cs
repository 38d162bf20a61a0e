using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>What an estimator needs of the readout and of the constraints.</summary>
internal static class GradientReadout
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.IsBroken || declaration.Find(WellKnownNames.Gradient) is not { } gradient)
        {
            yield break;
        }

        EstimatorPart part = specification.Gradient;
        if (specification.AveragesReads)
        {
            if (part.Kind != GradientKind.Covariance)
            {
                yield return Descriptors.ExpectationOfOtherGradient.At(gradient, "Kind", part.Kind.ToString(), specification.Readout.ToString()).OrRemove(gradient);
            }
        }
        else if (part.Kind == GradientKind.Covariance && !specification.ReadoutOptions.HasTemperature)
        {
            Finding finding = Descriptors.CovarianceWithoutTemperature.At(gradient, "Kind");
            yield return declaration.Find(WellKnownNames.Readout) is { } readout ? finding.OrSet(readout, "Temperature", "1") : finding;
        }

        if (part is { Kind: GradientKind.Perturbed, Noise: PerturbationNoise.SumOfGamma } && !HasCount(specification))
        {
            yield return Descriptors.NoiseWithoutBound.At(gradient, "Noise");
        }
    }

    // Whether something says how many tokens a head selects.
    private static bool HasCount(ModelSpecification model) =>
        model.Sparsity.Any(s => s.Bound is ConstraintKind.Exactly or ConstraintKind.AtMost);
}
