using System.Collections.Generic;
using System.Collections.Immutable;
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
        var monomials = new Dictionary<Expression, List<Expression>?>();
        foreach (Expression sum in Walk.Nodes([expression]))
        {
            if (sum.Operation == Operation.Sum && sum.Tokens == Tokens.Pair && !delicate.Contains(sum)
                && Walk.Fold(sum.Operands[0], monomials, Factors, Monomials) is { Count: > 1 } products)
            {
                replacements.Add(sum, products.Select(pool.Sum).Aggregate((a, b) => a + b));
            }
        }

        return pool.Replace(expression, replacements);

        List<Expression>? Monomials(Expression node) => MonomialsOf(node, monomials);
    }

    /// <summary>What a root, a logarithm, a divisor, an absolute value or a comparison is made of.</summary>
    private static HashSet<Expression> Delicate(Expression expression)
    {
        IEnumerable<Expression> roots = Walk.Nodes([expression]).SelectMany(node => node.Operation switch
        {
            Operation.Sqrt or Operation.Log or Operation.Abs or Operation.Max or Operation.Min or Operation.AtLeast
                or Operation.Greater => node.Operands,
            Operation.Divide => node.Operands.Skip(1),
            Operation.Select => node.Operands.Take(1),
            Operation.Literal => node.Operands,
            _ => Enumerable.Empty<Expression>(),
        });
        return [.. Walk.Nodes(roots)];
    }

    /// <summary>What is multiplied out of a node.</summary>
    private static ImmutableArray<Expression> Factors(Expression node) => node.Tokens == Tokens.Pair
        && node.Operation is Operation.Negate or Operation.Add or Operation.Subtract or Operation.Multiply ? node.Operands : [];

    /// <summary>The products whose sum the node is; null where it is no such sum or has too many.</summary>
    private static List<Expression>? MonomialsOf(Expression node, Dictionary<Expression, List<Expression>?> known)
    {
        if (node.Tokens != Tokens.Pair)
        {
            return [node];
        }

        ImmutableArray<Expression> factors = Factors(node);
        if (factors.IsEmpty || known[factors[0]] is not { } a)
        {
            return null;
        }

        List<Expression> b = [];
        if (factors.Length > 1)
        {
            if (known[factors[1]] is not { } second)
            {
                return null;
            }

            b = second;
        }

        return node.Operation switch
        {
            Operation.Negate => [.. a.Select(x => -x)],
            Operation.Multiply => a.Count * b.Count > MostProducts
                ? null
                : [.. a.SelectMany(x => b.Select(y => x.Id <= y.Id ? x * y : y * x))],
            _ when a.Count + b.Count > MostProducts => null,
            Operation.Add => [.. a, .. b],
            _ => [.. a, .. b.Select(x => -x)],
        };
    }
}
