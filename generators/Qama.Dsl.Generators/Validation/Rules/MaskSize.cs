using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A window and a block have a size.</summary>
internal static class MaskSize
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Mask) is { } mask
            && mask.Known("Pattern", 0) is (double)MaskPattern.Window or (double)MaskPattern.Block
            && mask.Known("Size", double.NaN) is { } size && !(size >= 1))
        {
            yield return Descriptors.MaskSizeOutOfRange.At(
                mask, "Size", specification.Mask.Pattern.ToString(), double.IsNaN(size) ? "not given" : Text.Number(size));
        }
    }
}
