using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>
/// Multiplies out sums over dimensions that mix query and key, as Σ_d (q − k)² = ‖q‖² − 2 q·k + ‖k‖²: a matrix product instead of
/// a loop over dimensions for every pair.
/// </summary>
/// <remarks>The difference of large numbers loses digits where query and key are close, so a sum stays as it is where a root, a
/// logarithm, a divisor or a comparison would make much of them.</remarks>
internal static class Distribution
{
    /// <summary>More products than this cost more than the loop.</summary>
    private const int MostProducts = 6;

    public static Expression Expand(Expression expression)
    {
        ExpressionPool pool = expression.Pool;
        HashSet<Expression> delicate = Delicate(expression);
        var replacements = new Dictionary<Expression, Expression>();
        foreach (Expression sum in Differentiation.Reachable([expression]))
        {
            if (sum.Operation == Operation.Sum && sum.Tokens == Tokens.Pair && !delicate.Contains(sum)
                && Monomials(sum.Operands[0]) is { Count: > 1 } monomials)
            {
                replacements.Add(sum, monomials.Select(pool.Sum).Aggregate((a, b) => a + b));
            }
        }

        return pool.Replace(expression, replacements);
    }

    /// <summary>What a root, a logarithm, a divisor, an absolute value or a comparison is made of.</summary>
    private static HashSet<Expression> Delicate(Expression expression)
    {
        IEnumerable<Expression> roots = Differentiation.Reachable([expression]).SelectMany(node => node.Operation switch
        {
            Operation.Sqrt or Operation.Log or Operation.Abs or Operation.Max or Operation.Min or Operation.AtLeast
                or Operation.Greater => node.Operands,
            Operation.Divide => node.Operands.Skip(1),
            Operation.Select => node.Operands.Take(1),
            Operation.Literal => node.Operands,
            _ => Enumerable.Empty<Expression>(),
        });
        return [.. Differentiation.Reachable(roots)];
    }

    /// <summary>The products whose sum the node is; null where it is no such sum or has too many.</summary>
    private static List<Expression>? Monomials(Expression node)
    {
        if (node.Tokens != Tokens.Pair)
        {
            return [node];
        }

        List<Expression>? a, b;
        switch (node.Operation)
        {
            case Operation.Negate:
                return Monomials(node.Operands[0])?.Select(x => -x).ToList();
            case Operation.Add or Operation.Subtract:
                a = Monomials(node.Operands[0]);
                b = Monomials(node.Operands[1]);
                bool plus = node.Operation == Operation.Add;
                return a is null || b is null || a.Count + b.Count > MostProducts ? null : [.. a, .. plus ? b : b.Select(x => -x)];
            case Operation.Multiply:
                a = Monomials(node.Operands[0]);
                b = Monomials(node.Operands[1]);
                return a is null || b is null || a.Count * b.Count > MostProducts
                    ? null
                    : [.. a.SelectMany(x => b.Select(y => x.Id <= y.Id ? x * y : y * x))];
            default:
                return null;
        }
    }
}
