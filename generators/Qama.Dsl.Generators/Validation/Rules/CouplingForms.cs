using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Couplings are features of query and key only where they are a product of such; only then have those a precision.</summary>
internal static class CouplingForms
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Coupling) is not { IsBroken: false } coupling)
        {
            yield break;
        }

        if (coupling.Known("Form", 0) is (double)CouplingForm.Factored && FactoredCouplings.ObstacleOf(specification) is { } obstacle)
        {
            yield return Descriptors.CannotFactor.At(coupling, "Form", declaration.Type.Name, obstacle).OrRemove(coupling, "Form");
        }
        else if (coupling.Known("Features", 0) is (double)FeaturePrecision.BFloat16 && ReasonForSingle(specification) is { } reason)
        {
            yield return Descriptors.ArgumentWithoutEffect.At(coupling, "Features", "Features", reason).OrRemove(coupling, "Features");
        }
    }

    /// <summary>Why annealing has no features in another precision, if that is so.</summary>
    private static string? ReasonForSingle(ModelSpecification specification) =>
        !FactoredCouplings.AreUsedBy(specification) ? "couplings are " + FactoredCouplings.Describe(specification)
        : FactoredCouplings.CompactObstacleOf(specification) is { } obstacle ? "features stay in single precision because " + obstacle
        : null;
}
