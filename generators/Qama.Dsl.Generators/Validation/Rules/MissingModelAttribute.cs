using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Attributes that describe a model do nothing on a class that is none.</summary>
internal static class MissingModelAttribute
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach (DeclaredAttribute attribute in declaration.Attributes)
        {
            yield return Descriptors.MissingModelAttribute.At(
                new Locator(attribute.Ordinal), attribute.Name, declaration.Type.Name);
        }

        for (int t = 0; t < declaration.Terms.Count; t++)
        {
            DeclaredAttribute attribute = declaration.Terms[t].Attribute;
            yield return Descriptors.MissingModelAttribute.At(
                new Locator(attribute.Ordinal, Term: t), attribute.Name, declaration.Type.Name);
        }
    }
}
