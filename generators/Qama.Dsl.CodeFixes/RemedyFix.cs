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
using Microsoft.CodeAnalysis.Editing;
using Qama.Generators.Validation;

namespace Qama.CodeFixes;

/// <summary>Makes the changes that findings carry with them: an argument set or removed, an attribute removed, replaced or added.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemedyFix : NodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = Ids.WithRemedies;

    private protected override async Task<IReadOnlyList<NodeFix>> FixesAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        SemanticModel? model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        TypeDeclarationSyntax? part =
            await FindAsync<TypeDeclarationSyntax>(document, diagnostic, cancellationToken).ConfigureAwait(false);
        if (model is null || part is null || model.GetDeclaredSymbol(part, cancellationToken) is not INamedTypeSymbol type)
        {
            return [];
        }

        ImmutableArray<AttributeData> attributes = type.GetAttributes();
        var fixes = new List<NodeFix>();
        foreach (Remedy remedy in Remedy.FromProperties(diagnostic.Properties))
        {
            // An attribute of another file is left alone.
            if (attributes.ElementAtOrDefault(remedy.AttributeOrdinal)?.ApplicationSyntaxReference is { } reference
                && reference.SyntaxTree == model.SyntaxTree
                && await reference.GetSyntaxAsync(cancellationToken).ConfigureAwait(false) is AttributeSyntax attribute)
            {
                fixes.Add(new NodeFix(remedy.Title, remedy.Key, editor => Apply(editor, attribute, remedy, model, cancellationToken)));
            }
        }

        return fixes;
    }

    private static void Apply(
        DocumentEditor editor, AttributeSyntax attribute, Remedy remedy, SemanticModel model, CancellationToken cancellationToken)
    {
        if (remedy.Argument is null or Remedy.Whole && remedy.Text is not null)
        {
            AttributeSyntax written = Parse(remedy.Text);
            if (remedy.Argument is not null)
            {
                editor.ReplaceNode(attribute, written.WithTriviaFrom(attribute));
            }
            else
            {
                var list = (AttributeListSyntax)attribute.Parent!;
                editor.ReplaceNode(list, (current, _) => ((AttributeListSyntax)current).AddAttributes(written));
            }

            return;
        }

        if (remedy.Argument is null)
        {
            bool only = attribute.Parent is AttributeListSyntax { Attributes.Count: 1 };
            editor.RemoveNode(
                only ? attribute.Parent! : attribute,
                only ? SyntaxRemoveOptions.KeepUnbalancedDirectives : SyntaxRemoveOptions.KeepNoTrivia);
            return;
        }

        AttributeArgumentSyntax? argument = Find(attribute, remedy.Argument, model, cancellationToken);
        if (remedy.Text is null)
        {
            if (argument is not null)
            {
                editor.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia);
            }
        }
        else if (argument is not null)
        {
            editor.ReplaceNode(
                argument.Expression, SyntaxFactory.ParseExpression(remedy.Text).WithTriviaFrom(argument.Expression));
        }
        else
        {
            editor.ReplaceNode(attribute, (current, _) => Add((AttributeSyntax)current, $"{remedy.Argument} = {remedy.Text}"));
        }
    }

    private static AttributeSyntax Parse(string attribute) =>
        ((TypeDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration($"[{attribute}] class C;")!).AttributeLists[0].Attributes[0];

    /// <summary>The argument for a property, or for the constructor's parameter of that name.</summary>
    private static AttributeArgumentSyntax? Find(
        AttributeSyntax attribute, string name, SemanticModel model, CancellationToken cancellationToken)
    {
        var constructor = model.GetSymbolInfo(attribute, cancellationToken).Symbol as IMethodSymbol;
        int position = 0;
        foreach (AttributeArgumentSyntax argument in attribute.ArgumentList?.Arguments ?? default)
        {
            string? written = argument.NameEquals?.Name.Identifier.ValueText
                ?? argument.NameColon?.Name.Identifier.ValueText
                ?? constructor?.Parameters.ElementAtOrDefault(position)?.Name;
            if (string.Equals(written, name, System.StringComparison.OrdinalIgnoreCase))
            {
                return argument;
            }

            position++;
        }

        return null;
    }

    private static AttributeSyntax Add(AttributeSyntax attribute, string argument)
    {
        AttributeArgumentSyntax added = SyntaxFactory.ParseAttributeArgumentList($"({argument})")!.Arguments[0];
        AttributeArgumentListSyntax list = attribute.ArgumentList ?? SyntaxFactory.AttributeArgumentList();
        SyntaxNodeOrTokenList items = list.Arguments.GetWithSeparators();
        if (items.Count > 0)
        {
            items = items.Add(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space));
        }

        return attribute.WithArgumentList(
            list.WithArguments(SyntaxFactory.SeparatedList<AttributeArgumentSyntax>(items.Add(added))));
    }
}
