using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Qama.Generators.Reading.Terms;

/// <summary>How deep code is nested: when it is asked what the code means, the C# compiler's recursion must not overflow the
/// stack, of 512 KiB in some editors, which ends the process. Some of it has no guard, such as that over patterns.</summary>
internal static class Nesting
{
    /// <summary>Levels of syntax that are read: a call in an argument is three, a pattern in a pattern one.</summary>
    public const int Deepest = 500;

    /// <summary>The levels of a class that has terms, where they are too many; else 0.</summary>
    public static int Beyond(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        if (!TermReader.TermMethods(type).Any())
        {
            return 0;
        }

        int depth = type.DeclaringSyntaxReferences.Max(r => Of(r.GetSyntax(cancellationToken)));
        return depth > Deepest ? depth : 0;
    }

    private static int Of(SyntaxNode root)
    {
        int deepest = 0;
        var pending = new Stack<(SyntaxNode Node, int Depth)>();
        pending.Push((root, 0));
        while (pending.Count > 0)
        {
            (SyntaxNode node, int depth) = pending.Pop();
            deepest = depth > deepest ? depth : deepest;
            foreach (SyntaxNode child in node.ChildNodes())
            {
                pending.Push((child, IsInChain(node, child) ? depth : depth + 1));
            }
        }

        return deepest;
    }

    /// <summary>Sums of many operands and <c>else if</c> after <c>else if</c> are nested, but the compiler takes them one by
    /// one.</summary>
    private static bool IsInChain(SyntaxNode node, SyntaxNode child) => (node, child) switch
    {
        (BinaryExpressionSyntax outer, BinaryExpressionSyntax) => outer.Left == child,
        (IfStatementSyntax, ElseClauseSyntax) or (ElseClauseSyntax, IfStatementSyntax) => true,
        _ => false,
    };
}
