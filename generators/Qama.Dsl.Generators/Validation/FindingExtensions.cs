using Microsoft.CodeAnalysis;
using Qama.Generators.Declarations;

namespace Qama.Generators.Validation;

/// <summary>Short ways to make findings.</summary>
internal static class FindingExtensions
{
    public static Finding At(this DiagnosticDescriptor descriptor, Locator locator, params string[] arguments) =>
        new(descriptor.Id, locator, [.. arguments]);

    /// <summary>About an attribute as a whole.</summary>
    public static Finding At(this DiagnosticDescriptor descriptor, DeclaredAttribute attribute) =>
        descriptor.At(new Locator(attribute.Ordinal));

    /// <summary>About an argument, or the attribute where the argument is not written.</summary>
    public static Finding At(
        this DiagnosticDescriptor descriptor, DeclaredAttribute attribute, string argument, params string[] arguments) =>
        descriptor.At(new Locator(attribute.Ordinal, argument), arguments);

    /// <summary>The attribute that makes the class a model.</summary>
    public static Locator Root(this ModelDeclaration declaration) =>
        declaration.Find(WellKnownNames.QuboAttention) is { } root ? new Locator(root.Ordinal) : Locator.ClassName;
}
