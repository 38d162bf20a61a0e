using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Qama.CodeFixes;

/// <summary>Removes <c>static</c>, <c>abstract</c> or <c>file</c> from a model.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveModifierFix : NodeFixProvider
{
    private static readonly ImmutableDictionary<string, SyntaxKind> _modifiers = ImmutableDictionary.CreateRange(
        new Dictionary<string, SyntaxKind>
        {
            [Ids.StaticClass] = SyntaxKind.StaticKeyword,
            [Ids.AbstractClass] = SyntaxKind.AbstractKeyword,
            [Ids.FileLocalClass] = SyntaxKind.FileKeyword,
        });

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. _modifiers.Keys];

    private protected override async Task<IReadOnlyList<NodeFix>> FixesAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        SyntaxKind kind = _modifiers[diagnostic.Id];
        TypeDeclarationSyntax? type =
            await FindAsync<TypeDeclarationSyntax>(document, diagnostic, cancellationToken).ConfigureAwait(false);

        // A modifier in another part of the class, or on a type around it, is not this fix's business.
        if (type is null || !type.Modifiers.Any(kind))
        {
            return [];
        }

        string word = SyntaxFacts.GetText(kind);
        return
        [
            new NodeFix($"Remove '{word}'", word, editor => editor.ReplaceNode(
                type, (current, _) => Remove((TypeDeclarationSyntax)current, kind))),
        ];
    }

    private static TypeDeclarationSyntax Remove(TypeDeclarationSyntax type, SyntaxKind kind)
    {
        SyntaxToken modifier = type.Modifiers.First(m => m.IsKind(kind));
        SyntaxTokenList rest = type.Modifiers.Remove(modifier);
        SyntaxTriviaList leading = modifier.LeadingTrivia;
        if (type.Modifiers.IndexOf(modifier) > 0)
        {
            return type.WithModifiers(rest);
        }

        return rest.Count > 0
            ? type.WithModifiers(rest.Replace(rest[0], rest[0].WithLeadingTrivia(leading)))
            : type.WithModifiers(rest).WithKeyword(type.Keyword.WithLeadingTrivia(leading));
    }
}
