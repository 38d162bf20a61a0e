using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Reading.Terms;
using Qama.Generators.Validation;

namespace Qama.Generators.Analysis;

/// <summary>Finds the source that a <see cref="Locator"/> speaks of.</summary>
internal static class FindingLocation
{
    public static Location Of(
        Locator locator, INamedTypeSymbol type, IReadOnlyList<TermSourceText> terms, CancellationToken cancellationToken)
    {
        ISymbol annotated = type;
        if (locator.Term >= 0)
        {
            TermSourceText term = terms[locator.Term];
            if (locator.AttributeOrdinal < 0)
            {
                return term.Places[locator.Place];
            }

            annotated = term.Method;
        }

        if (locator.AttributeOrdinal < 0)
        {
            return locator.Member is { } member ? OfMember(member, type, cancellationToken) : OfClass(type, cancellationToken);
        }

        AttributeData? attribute = annotated.GetAttributes().ElementAtOrDefault(locator.AttributeOrdinal);
        if (attribute is null || Syntax(attribute, cancellationToken) is not { } syntax)
        {
            return OfClass(type, cancellationToken);
        }

        SyntaxNode? name = locator.Name is { } text && syntax.ArgumentList is { } arguments
            ? new MentionedNames(type).In(arguments).FirstOrDefault(n => n.Identifier.ValueText == text)
            : null;
        SyntaxNode node = name ?? Argument(locator.Argument, attribute, syntax)?.Expression ?? (SyntaxNode)syntax.Name;
        return node.GetLocation();
    }

    private static AttributeSyntax? Syntax(AttributeData attribute, CancellationToken cancellationToken) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;

    /// <summary>The argument for a property, or for the constructor's parameter of that name, by name or position.</summary>
    private static AttributeArgumentSyntax? Argument(string? name, AttributeData attribute, AttributeSyntax syntax)
    {
        if (name is null || syntax.ArgumentList is not { } list)
        {
            return null;
        }

        int position = 0;
        foreach (AttributeArgumentSyntax argument in list.Arguments)
        {
            string? written = argument.NameEquals?.Name.Identifier.ValueText
                ?? Capitalised(argument.NameColon?.Name.Identifier.ValueText)
                ?? Capitalised(attribute.AttributeConstructor?.Parameters.ElementAtOrDefault(position)?.Name);
            if (written == name)
            {
                return argument;
            }

            position++;
        }

        return null;
    }

    private static string? Capitalised(string? name) => name is null ? null : DeclaredAttribute.Capitalised(name);

    /// <summary>The class's name in the part that declares the model.</summary>
    private static Location OfClass(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        TypeDeclarationSyntax? part = DeclarationReader.DslAttributes(type)
            .OrderByDescending(a => a.Data.AttributeClass!.Name == WellKnownNames.QuboAttention + "Attribute")
            .Select(a => Syntax(a.Data, cancellationToken)?.FirstAncestorOrSelf<TypeDeclarationSyntax>())
            .FirstOrDefault(t => t is not null);
        return part?.Identifier.GetLocation() ?? type.Locations.FirstOrDefault() ?? Location.None;
    }

    private static Location OfMember(string name, INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        IEnumerable<ISymbol> members = name == WellKnownNames.Constructor
            ? [DeclarationReader.SeedConstructor(type)!]
            : type.GetMembers(name).Where(m => DeclarationReader.IsWritten(m, cancellationToken));
        return members.SelectMany(m => m.Locations)
            .FirstOrDefault(l => l.IsInSource && DeclarationReader.IsWritten(l.SourceTree!))
            ?? OfClass(type, cancellationToken);
    }
}
