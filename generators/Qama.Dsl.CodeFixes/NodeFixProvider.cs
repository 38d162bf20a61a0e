using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Editing;

namespace Qama.CodeFixes;

/// <summary>
/// A fix that edits nodes near the diagnostic. Fix All goes through a document once with one editor, so that fixes of
/// neighbouring or nested models do not get in each other's way.
/// </summary>
public abstract class NodeFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(FixAllAsync);

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            IReadOnlyList<NodeFix> fixes =
                await FixesAsync(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false);
            foreach (NodeFix fix in fixes)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(fix.Title, token => ApplyAsync(context.Document, [fix], token), fix.EquivalenceKey),
                    diagnostic);
            }
        }
    }

    /// <summary>The fixes for a diagnostic, best first.</summary>
    private protected abstract Task<IReadOnlyList<NodeFix>> FixesAsync(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken);

    /// <summary>The node at a diagnostic, or the nearest of a kind around it.</summary>
    private protected static async Task<T?> FindAsync<T>(
        Document document, Diagnostic diagnostic, CancellationToken cancellationToken)
        where T : SyntaxNode
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        return root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<T>();
    }

    private static async Task<Document> ApplyAsync(
        Document document, IEnumerable<NodeFix> fixes, CancellationToken cancellationToken)
    {
        DocumentEditor editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
        foreach (NodeFix fix in fixes)
        {
            fix.Edit(editor);
        }

        return editor.GetChangedDocument();
    }

    private async Task<Document?> FixAllAsync(FixAllContext context, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        var chosen = new List<NodeFix>();
        foreach (Diagnostic diagnostic in diagnostics)
        {
            foreach (NodeFix fix in await FixesAsync(document, diagnostic, context.CancellationToken).ConfigureAwait(false))
            {
                if (fix.EquivalenceKey == context.CodeActionEquivalenceKey)
                {
                    chosen.Add(fix);
                    break;
                }
            }
        }

        return await ApplyAsync(document, chosen, context.CancellationToken).ConfigureAwait(false);
    }
}
