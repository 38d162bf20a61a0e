using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>A function of positions that is computed once per model.</summary>
/// <param name="Symbol">Its name; its tokens say what it is a table of.</param>
/// <param name="Value">Its definition.</param>
internal sealed record PositionTable(Symbol Symbol, Expression Value)
{
    /// <summary>Whether every head has a table of its own.</summary>
    public bool PerHead => Value.DependsOnHead;
}

/// <summary>An expression whose parts that depend on positions alone are read from tables.</summary>
/// <param name="Rest">The expression.</param>
/// <param name="Tables">The tables.</param>
internal sealed record PositionTables(Expression Rest, ImmutableArray<PositionTable> Tables)
{
    /// <param name="expression">What to fold.</param>
    /// <param name="name">What the tables are called, without their numbers.</param>
    public static PositionTables Fold(Expression expression, string name) => Fold([expression], name)[0];

    /// <param name="expressions">What to fold, of one pool; all use the same tables.</param>
    /// <param name="name">What the tables are called, without their numbers.</param>
    public static PositionTables[] Fold(IReadOnlyList<Expression> expressions, string name)
    {
        ExpressionPool pool = expressions[0].Pool;
        var tables = ImmutableArray.CreateBuilder<PositionTable>();
        var replacements = new Dictionary<Expression, Expression>();
        HashSet<Expression> exact = [.. Walk.Nodes(expressions)
            .Where(n => !n.IsPositional && n.Operation is Operation.Literal or Operation.AtLeast or Operation.Greater)
            .SelectMany(n => n.Operands)];
        foreach (Expression part in Positions.PartsOf(expressions))
        {
            replacements.Add(part, exact.Contains(part) ? TableParts.Split(part, Table) : Table(part));
        }

        ImmutableArray<PositionTable> made = tables.ToImmutable();
        return [.. expressions.Select(e => new PositionTables(pool.Replace(e, replacements), made))];

        Expression Table(Expression value)
        {
            var symbol = new Symbol(
                name + tables.Count.ToString(CultureInfo.InvariantCulture), SymbolRole.Intermediate, false, value.Tokens);
            tables.Add(new PositionTable(symbol, value));
            return pool.Symbol(symbol);
        }
    }
}
