using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Code that is read must mean the same with and without the generated part, and the generated part what it says.</summary>
internal static class TakenNames
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        // What fits no constructor is being typed: a name may become the one of an argument.
        foreach (DeclaredAttribute attribute in declaration.Attributes.Where(a => !a.IsUnbound))
        {
            foreach (string name in attribute.Names)
            {
                yield return Descriptors.GeneratedName.At(new Locator(attribute.Ordinal, Name: name), declaration.Type.Name, name);
            }
        }

        foreach (string name in declaration.HiddenNames)
        {
            yield return Descriptors.HiddenName.At(Locator.ClassName, declaration.Type.Name, name);
        }
    }
}
