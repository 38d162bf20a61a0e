using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Qama.CodeFixes;

/// <summary>Turns a record without positional parameters into a class.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RecordToClassFix : NodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Ids.RecordClass];

    private protected override async Task<IReadOnlyList<NodeFix>> FixesAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        RecordDeclarationSyntax? record =
            await FindAsync<RecordDeclarationSyntax>(document, diagnostic, cancellationToken).ConfigureAwait(false);
        if (record is null || record.ParameterList is not null)
        {
            return [];
        }

        return
        [
            new NodeFix("Make it a class", "class", editor =>
                editor.ReplaceNode(record, (current, _) => ToClass((RecordDeclarationSyntax)current))),
        ];
    }

    private static ClassDeclarationSyntax ToClass(RecordDeclarationSyntax record)
    {
        // "record" becomes "class"; in "record class" the word goes.
        SyntaxToken last = record.ClassOrStructKeyword.IsKind(SyntaxKind.None) ? record.Keyword : record.ClassOrStructKeyword;
        SyntaxToken keyword = SyntaxFactory.Token(record.Keyword.LeadingTrivia, SyntaxKind.ClassKeyword, last.TrailingTrivia);
        return SyntaxFactory.ClassDeclaration(
            record.AttributeLists, record.Modifiers, keyword, record.Identifier, record.TypeParameterList, record.BaseList,
            record.ConstraintClauses, record.OpenBraceToken, record.Members, record.CloseBraceToken, record.SemicolonToken);
    }
}
