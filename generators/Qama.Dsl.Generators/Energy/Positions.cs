using System;
using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>The positions that terms may depend on: their ranges, and their values for a pair or a token.</summary>
/// <param name="Geometry">Where tokens are.</param>
/// <param name="Heads">Number of heads.</param>
internal sealed record Positions(TokenGeometry Geometry, int Heads)
{
    /// <summary>What a function of a pair may depend on, in the order of <see cref="AtPair"/>.</summary>
    public static readonly IReadOnlyList<Symbol> PairSymbols =
    [
        Symbol.First, Symbol.Second, Symbol.Distance, Symbol.RowDifference, Symbol.ColumnDifference, Symbol.Head,
    ];

    /// <summary>What a function of a token may depend on, in the order of <see cref="AtToken"/>.</summary>
    public static readonly IReadOnlyList<Symbol> TokenSymbols = [Symbol.Index, Symbol.GridRow, Symbol.GridColumn, Symbol.Head];

    /// <summary>The largest parts of an expression that depend on positions alone, in order of creation.</summary>
    public static IEnumerable<Expression> PartsOf(Expression expression) => PartsOf([expression]);

    /// <summary>Those of several expressions.</summary>
    public static IEnumerable<Expression> PartsOf(IEnumerable<Expression> expressions) =>
        Walk.Nodes(expressions, node => node.IsPositional ? [] : node.Operands)
            .Where(node => node.IsPositional && node.Operation != Operation.Constant);

    /// <summary>A function of <see cref="PairSymbols"/> at a pair.</summary>
    public double AtPair(ScalarFunction function, int i, int j, int head) => function.Evaluate(
        i, j, Geometry.Distance(i, j), Geometry.Row(j) - Geometry.Row(i), Geometry.Column(j) - Geometry.Column(i), head);

    /// <summary>A function of <see cref="TokenSymbols"/> at a token.</summary>
    public double AtToken(ScalarFunction function, int i, int head) =>
        function.Evaluate(i, Geometry.Row(i), Geometry.Column(i), head);

    /// <summary>Ranges of all positions; of pairs of different tokens unless <paramref name="includesSelf"/>.</summary>
    public IReadOnlyDictionary<Symbol, Interval> Ranges(bool includesSelf = false)
    {
        var token = new Interval(0, Math.Max(0, Geometry.Tokens - 1));
        int rows = Geometry.Row(Geometry.Tokens - 1);
        int columns = Geometry.IsGrid ? Math.Min(Geometry.Columns, Geometry.Tokens) - 1 : Geometry.Tokens - 1;
        return new Dictionary<Symbol, Interval>
        {
            [Symbol.First] = token,
            [Symbol.Second] = token,
            [Symbol.Index] = token,
            [Symbol.Distance] = new Interval(includesSelf ? 0 : 1, Math.Max(1, Geometry.LargestDistance)),
            [Symbol.RowDifference] = new Interval(-rows, rows),
            [Symbol.ColumnDifference] = new Interval(-columns, columns),
            [Symbol.GridRow] = new Interval(0, rows),
            [Symbol.GridColumn] = new Interval(0, columns),
            [Symbol.Head] = new Interval(0, Math.Max(0, Heads - 1)),
        };
    }

    /// <summary>The expression of a term's source; on a line rows are 0 and columns are token numbers.</summary>
    public Expression RowDifference(ExpressionPool e) => Geometry.IsGrid ? e.Symbol(Symbol.RowDifference) : e.Zero;

    public Expression ColumnDifference(ExpressionPool e) =>
        Geometry.IsGrid ? e.Symbol(Symbol.ColumnDifference) : e.Literal(
            new LiteralOperation(TermOperation.Subtract, NumberType.Int32), e.Symbol(Symbol.Second), e.Symbol(Symbol.First));

    public Expression Row(ExpressionPool e) => Geometry.IsGrid ? e.Symbol(Symbol.GridRow) : e.Zero;

    public Expression Column(ExpressionPool e) => e.Symbol(Geometry.IsGrid ? Symbol.GridColumn : Symbol.Index);
}
