using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Bounds that hold for every selection, and bounds that leave one selection only.</summary>
internal static class IdleBounds
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach (HardBound bound in HardBound.Of(declaration, specification))
        {
            if (NeverBinds(bound, specification))
            {
                yield return bound.OrRemoved(
                    Descriptors.IdleSparsity.At(bound.Attribute, bound.Argument, bound.Description));
            }
            else if (bound.High == 0 || bound.Low == specification.Tokens)
            {
                yield return Descriptors.NothingToSelect.At(
                    bound.Attribute, bound.Argument, bound.Description, bound.High == 0 ? "nothing" : "everything");
            }
        }
    }

    public static bool NeverBinds(HardBound bound, ModelSpecification specification) =>
        bound.Low == 0 && bound.High == specification.Tokens;
}
