using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Qama.Generators.Reading.Editing;

/// <summary>
/// What a file says to other files: all of it but trivia, the bodies of its members and the initial values of what is no
/// constant. C# infers nothing of a member from its body: code of other files means the same while the outline is the same.
/// </summary>
internal static class Outline
{
    private static readonly ConditionalWeakTable<SyntaxTree, string> _outlines = new();

    /// <summary>Whether two versions of a file say the same.</summary>
    public static bool Same(SyntaxTree first, SyntaxTree second) => ReferenceEquals(first, second)
        || (first.FilePath == second.FilePath && first.Options.Equals(second.Options) && Of(first) == Of(second));

    private static string Of(SyntaxTree tree) => _outlines.GetValue(tree, static t => Write(t.GetRoot()));

    private static string Write(SyntaxNode root)
    {
        var text = new StringBuilder();
        foreach (SyntaxNodeOrToken part in root.DescendantNodesAndTokens(static node => !IsInside(node)))
        {
            if (part.IsToken)
            {
                text.Append(part.AsToken().Text).Append('\n');
            }
            else if (IsInside(part.AsNode()!))
            {
                // That there is one tells a property from a field.
                text.Append((int)part.Kind()).Append('\n');
            }
        }

        return text.ToString();
    }

    private static bool IsInside(SyntaxNode node) => node switch
    {
        BlockSyntax or ArrowExpressionClauseSyntax or GlobalStatementSyntax => true,
        EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax } => true,
        EqualsValueClauseSyntax { Parent.Parent.Parent: BaseFieldDeclarationSyntax field } => !field.Modifiers.Any(SyntaxKind.ConstKeyword),
        _ => false,
    };
}
