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

/// <summary>Adds <c>[Heads(1)]</c>: single-head attention fits every embedding, and the number is there to be edited.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AddHeadsFix : NodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Ids.MissingHeads];

    private protected override async Task<IReadOnlyList<NodeFix>> FixesAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        AttributeSyntax? root = await FindAsync<AttributeSyntax>(document, diagnostic, cancellationToken).ConfigureAwait(false);
        return root?.Parent is AttributeListSyntax list
            ? [new NodeFix("Add [Heads(1)]", "Heads", editor => editor.InsertAfter(list, HeadsAfter(list, root)))]
            : [];
    }

    private static AttributeListSyntax HeadsAfter(AttributeListSyntax list, AttributeSyntax root)
    {
        // Qualified as the attribute beside it is.
        NameSyntax name = root.Name is QualifiedNameSyntax qualified
            ? qualified.WithRight(SyntaxFactory.IdentifierName("Heads"))
            : SyntaxFactory.IdentifierName("Heads");
        AttributeSyntax heads = SyntaxFactory.Attribute(name.WithoutTrivia(), SyntaxFactory.ParseAttributeArgumentList("(1)"));
        SyntaxTriviaList indentation =
            [.. list.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia))];
        return SyntaxFactory.AttributeList([heads]).WithLeadingTrivia(indentation).WithTrailingTrivia(list.GetTrailingTrivia());
    }
}
