using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>A model must say how many heads it has.</summary>
internal static class MissingHeads
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Heads) is null)
        {
            yield return Descriptors.MissingHeads.At(declaration.Root(), declaration.Type.Name);
        }
    }
}
