using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Names that the generated part of the class declares are taken.</summary>
internal static class ReservedNames
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        // C# forbids a member with the name of its class.
        string name = declaration.Type.Name;
        if (GeneratedNames.IsReserved(name))
        {
            yield return Descriptors.ReservedName.At(Locator.ClassName, name);
        }

        foreach (string member in declaration.Members.Where(GeneratedNames.IsReserved))
        {
            yield return Descriptors.ReservedName.At(Locator.OfMember(member), member);
        }

        if (declaration.Traits.HasFlag(TypeTraits.SeedConstructor) && !declaration.Traits.HasFlag(TypeTraits.PrimaryConstructor))
        {
            yield return Descriptors.ReservedName.At(Locator.OfMember(WellKnownNames.Constructor), name + "(long)");
        }
    }
}
