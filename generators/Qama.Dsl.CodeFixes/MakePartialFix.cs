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

/// <summary>Adds <c>partial</c> to a model, or to the types around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class MakePartialFix : NodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Ids.ClassNotPartial, Ids.ContainerNotPartial];

    private protected override async Task<IReadOnlyList<NodeFix>> FixesAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        if (await FindAsync<TypeDeclarationSyntax>(document, diagnostic, cancellationToken).ConfigureAwait(false) is not { } type)
        {
            return [];
        }

        bool own = diagnostic.Id == Ids.ClassNotPartial;
        TypeDeclarationSyntax[] types = own ? [type] : [.. type.Ancestors().OfType<TypeDeclarationSyntax>()];
        return
        [
            new NodeFix(own ? "Make the class partial" : "Make the types around it partial", "partial", editor =>
            {
                foreach (TypeDeclarationSyntax each in types)
                {
                    editor.ReplaceNode(each, (current, _) => AddPartial((TypeDeclarationSyntax)current));
                }
            }),
        ];
    }

    /// <summary>C# wants <c>partial</c> last. A first modifier takes over what stands before the keyword.</summary>
    private static TypeDeclarationSyntax AddPartial(TypeDeclarationSyntax type)
    {
        if (type.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            return type;
        }

        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return type.Modifiers.Count > 0
            ? type.AddModifiers(partial)
            : type.WithModifiers(SyntaxFactory.TokenList(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia)))
                .WithKeyword(type.Keyword.WithLeadingTrivia());
    }
}
