using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Validation.Rules;

namespace Qama.CodeFixes;

/// <summary>Takes the nearest number of heads that divides the embedding, or gives every head a width of its own.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class HeadDivisionFix : NodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Ids.HeadDivision];

    private protected override async Task<IReadOnlyList<NodeFix>> FixesAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        AttributeArgumentSyntax? count =
            await FindAsync<AttributeArgumentSyntax>(document, diagnostic, cancellationToken).ConfigureAwait(false);
        SemanticModel? model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        if (count?.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } part
            || model.GetDeclaredSymbol(part, cancellationToken) is not INamedTypeSymbol type)
        {
            return [];
        }

        ModelSpecification shape = ModelSpecification.Resolve(DeclarationReader.Read(type, terms: [], cancellationToken));
        var fixes = new List<NodeFix>();
        string direction = "nearest";
        foreach (int divisor in HeadDivision.NearestDivisors(shape.EmbeddingDim, shape.HeadCount))
        {
            fixes.Add(new NodeFix($"Use {divisor} head{(divisor == 1 ? "" : "s")}", direction, editor =>
                editor.ReplaceNode(count.Expression, Number(divisor).WithTriviaFrom(count.Expression))));
            direction = "nearest above";
        }

        int width = Math.Max(1, (int)Math.Round((double)shape.EmbeddingDim / shape.HeadCount));
        fixes.Add(new NodeFix($"Give HeadDim = {width}", "HeadDim", editor => editor.ReplaceNode(
            count.Parent!, (current, _) => AddHeadDim((AttributeArgumentListSyntax)current, width))));
        return fixes;
    }

    private static AttributeArgumentListSyntax AddHeadDim(AttributeArgumentListSyntax list, int width) =>
        list.WithArguments(SyntaxFactory.SeparatedList<AttributeArgumentSyntax>(
        [
            .. list.Arguments.GetWithSeparators(),
            SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.ParseAttributeArgumentList($"(HeadDim = {width})")!.Arguments[0],
        ]));

    private static LiteralExpressionSyntax Number(int value) =>
        SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(value));
}
