using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>One head has no other to differ from.</summary>
internal static class SingleHeadExclusion
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.HeadExclusion) is { } attribute
            && attribute.Known("Weight", double.NaN) is not (null or 0)
            && declaration.Find(WellKnownNames.Heads)?.Known("Count", 0) is 1)
        {
            yield return Descriptors.SingleHeadExclusion.At(attribute);
        }
    }
}
