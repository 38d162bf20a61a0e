using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>The class must be one that a generated part can be added to and that can have the layer's base class.</summary>
internal static class ClassKind
{
    private static readonly (TypeTraits Trait, bool Expected, DiagnosticDescriptor Descriptor)[] _checks =
    [
        (TypeTraits.Partial, true, Descriptors.ClassNotPartial),
        (TypeTraits.ContainersPartial, true, Descriptors.ContainerNotPartial),
        (TypeTraits.Static, false, Descriptors.StaticClass),
        (TypeTraits.Abstract, false, Descriptors.AbstractClass),
        (TypeTraits.Generic, false, Descriptors.GenericClass),
        (TypeTraits.FileLocal, false, Descriptors.FileLocalClass),
        (TypeTraits.Record, false, Descriptors.RecordClass),
        (TypeTraits.PrimaryConstructor, false, Descriptors.PrimaryConstructor),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        string name = declaration.Type.Name;
        foreach ((TypeTraits trait, bool expected, DiagnosticDescriptor descriptor) in _checks)
        {
            if (declaration.Traits.HasFlag(trait) != expected)
            {
                yield return descriptor.At(Locator.ClassName, name);
            }
        }

        if (declaration.BaseType is { } baseType)
        {
            yield return Descriptors.BaseClass.At(Locator.ClassName, name, baseType);
        }
    }
}
