using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>What keeps a function of a pair from being a sum of products of features, in words.</summary>
internal static class FeatureObstacles
{
    private const string Reads = "reads ";

    /// <summary>What an operation does that does not factor.</summary>
    /// <param name="node">The operation, of a pair.</param>
    /// <param name="operands">What keeps its operands; null for those that factor.</param>
    public static string Describe(Expression node, IReadOnlyList<string?> operands)
    {
        if (node.Operation == Operation.Symbol)
        {
            return Reads + NameOf(node);
        }

        // The innermost operation says most.
        return operands.FirstOrDefault(o => o is not null && !IsRead(o))
            ?? (FunctionOf(node) is { } function
                ? $"applies {function} to {WhatOf(node)}"
                : IsChoice(node) ? $"chooses by {WhatOf(node.Operands[0])}"
                : operands.FirstOrDefault(o => o is not null) ?? $"computes with {WhatOf(node)} in whole numbers or double");
    }

    private static bool IsRead(string obstacle) => obstacle.StartsWith(Reads, System.StringComparison.Ordinal);

    private static bool IsChoice(Expression node) => node.Operation == Operation.Select
        || node is { Operation: Operation.Literal, Literal.Kind: TermOperation.Select };

    private static string? FunctionOf(Expression node) => node.Operation switch
    {
        Operation.Sqrt or Operation.Exp or Operation.Log or Operation.Tanh or Operation.Sin or Operation.Cos or Operation.Abs or Operation.Max
            or Operation.Min => "MathF." + node.Operation,
        Operation.Truncate => "a conversion to whole numbers",
        Operation.Largest => "Vec.Max",
        Operation.AtLeast or Operation.Greater => "a comparison",
        Operation.Literal => node.Literal!.Kind switch
        {
            TermOperation.Abs or TermOperation.Sqrt or TermOperation.Exp or TermOperation.Log or TermOperation.Log2 or TermOperation.Log10
                or TermOperation.Tanh or TermOperation.Sinh or TermOperation.Cosh or TermOperation.Sin or TermOperation.Cos
                or TermOperation.Tan or TermOperation.Max or TermOperation.Min => "MathF." + node.Literal.Kind,
            TermOperation.LogOfBase => "MathF.Log",
            TermOperation.Power => "MathF.Pow",
            TermOperation.Clamp => "Math.Clamp",
            _ => null,
        },
        _ => null,
    };

    private static string WhatOf(Expression node)
    {
        Symbol[] symbols = [.. Walk.Nodes([node]).Select(n => n.Symbol).OfType<Symbol>().Where(s => s.Tokens != Tokens.None).Distinct()];
        return symbols.Length == 1 && symbols[0].Tokens == Tokens.Pair ? NameOf(node.Pool.Symbol(symbols[0]))
            : symbols.All(s => s.Role == SymbolRole.Position) ? "positions of two tokens"
            : "a number of a pair";
    }

    private static string NameOf(Expression symbol) =>
        symbol.Symbol == Symbol.Distance ? "a pair's distance"
        : symbol.Symbol == Symbol.RowDifference ? "a pair's difference of rows"
        : symbol.Symbol == Symbol.ColumnDifference ? "a pair's difference of columns"
        : "a number of a pair";
}
