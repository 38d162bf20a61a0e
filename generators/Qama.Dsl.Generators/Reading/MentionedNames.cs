using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Model;

namespace Qama.Generators.Reading;

/// <summary>
/// Names in code that the generator reads, which mean something else, or something at all, when there is a generated part: what
/// is called like one of its members, without saying whose it is. Known from the code alone, so that the generator, which runs
/// before, and the analyzer, which runs after, find the same.
/// </summary>
internal sealed class MentionedNames
{
    private readonly ImmutableHashSet<string> _own;

    /// <param name="type">The declared class.</param>
    public MentionedNames(INamedTypeSymbol type) =>
        _own = [.. type.GetMembers().Where(m => DeclarationReader.IsWritten(m, default)).Select(m => m.Name)];

    /// <summary>The names in a piece of code, where they stand.</summary>
    public IEnumerable<SimpleNameSyntax> In(SyntaxNode code)
    {
        HashSet<string>? variables = null;
        foreach (SimpleNameSyntax name in code.DescendantNodes().OfType<SimpleNameSyntax>().Where(IsLookedUp))
        {
            if (IsTaken(name) && !(variables ??= VariablesOf(code)).Contains(name.Identifier.ValueText))
            {
                yield return name;
            }
        }
    }

    private bool IsTaken(SimpleNameSyntax name)
    {
        string text = name.Identifier.ValueText;
        return !_own.Contains(text) && (SyntaxFacts.IsInTypeOnlyContext(name)
            ? GeneratedNames.Types.Contains(text)
            : GeneratedNames.IsReserved(text) || GeneratedNames.Inherited.Contains(text));
    }

    /// <summary>Whether a name is looked up from where it stands, rather than in what is named before it.</summary>
    private static bool IsLookedUp(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Name != name,
        QualifiedNameSyntax qualified => qualified.Right != name,
        AliasQualifiedNameSyntax or MemberBindingExpressionSyntax or NameEqualsSyntax or NameColonSyntax => false,
        _ => true,
    };

    /// <summary>Parameters and locals, which are found before any member.</summary>
    private static HashSet<string> VariablesOf(SyntaxNode code) => new(
        code.DescendantNodes().Select(node => node switch
        {
            ParameterSyntax parameter => parameter.Identifier.ValueText,
            VariableDeclaratorSyntax { Parent.Parent: not BaseFieldDeclarationSyntax } local => local.Identifier.ValueText,
            SingleVariableDesignationSyntax designation => designation.Identifier.ValueText,
            ForEachStatementSyntax loop => loop.Identifier.ValueText,
            LocalFunctionStatementSyntax function => function.Identifier.ValueText,
            _ => null,
        }).OfType<string>(),
        StringComparer.Ordinal);
}
