using System.Linq;
using Microsoft.CodeAnalysis;
using Qama.Generators.Model;

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

    /// <summary>Offers to set an argument to other code.</summary>
    public static Finding OrSet(
        this Finding finding, DeclaredAttribute attribute, string argument, string text, string? key = null) =>
        finding.With(new Remedy(
            $"Set {argument} = {text} of [{attribute.Name}]", key ?? "Set " + argument, attribute.Ordinal, argument, text));

    /// <summary>Offers to remove an argument.</summary>
    public static Finding OrRemove(this Finding finding, DeclaredAttribute attribute, string argument) =>
        finding.With(new Remedy(
            $"Remove {argument} from [{attribute.Name}]", "Remove " + argument, attribute.Ordinal, argument, null));

    /// <summary>Offers to remove an attribute.</summary>
    public static Finding OrRemove(this Finding finding, DeclaredAttribute attribute) =>
        finding.With(new Remedy(
            $"Remove [{attribute.Name}]", $"Remove [{attribute.Name}]", attribute.Ordinal, null, null));

    /// <summary>Offers to write another attribute behind one.</summary>
    public static Finding OrAddAfter(this Finding finding, DeclaredAttribute attribute, string text) =>
        finding.With(new Remedy($"Add [{text}]", $"Add [{text}]", attribute.Ordinal, null, text));

    /// <summary>Offers to write another attribute in the place of one.</summary>
    public static Finding OrReplace(this Finding finding, DeclaredAttribute attribute, string text) =>
        finding.With(new Remedy(
            $"Replace [{attribute.Name}] by [{text}]", $"Replace [{attribute.Name}] by [{text}]", attribute.Ordinal, Remedy.Whole, text));

    /// <summary>The attribute that makes the class a model.</summary>
    public static Locator Root(this ModelDeclaration declaration) =>
        declaration.Find(WellKnownNames.QuboAttention) is { } root ? new Locator(root.Ordinal) : Locator.ClassName;

    /// <summary>The attribute that a part of the operator comes from: its own, or the one that names the preset.</summary>
    public static DeclaredAttribute? Of(this ModelDeclaration declaration, PartOrigin origin) =>
        declaration.Attributes.FirstOrDefault(a => a.Ordinal == origin.Ordinal);

    private static Finding With(this Finding finding, Remedy remedy) =>
        finding with { Remedies = [.. finding.Remedies.Append(remedy)] };
}
