using System;
using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>Which expressions are finite numbers whatever their inputs are, as far as interval arithmetic can tell.</summary>
/// <param name="ranges">What is known about symbols; others are in their role's own range.</param>
internal sealed class Definedness(IReadOnlyDictionary<Symbol, Interval>? ranges = null)
{
    /// <summary>The exponential overflows in single precision a little above.</summary>
    private const double LargestExponent = 80;

    private readonly Intervals _intervals = new(ranges);
    private readonly Dictionary<Expression, bool> _finite = [];

    /// <summary>What an expression may compute without using it: operands of a choice, and all they are made of.</summary>
    public static HashSet<Expression> Conditional(Expression expression)
    {
        IEnumerable<Expression> branches = Walk.Nodes([expression]).SelectMany(node => node.Operation switch
        {
            Operation.Select => node.Operands.Skip(1),
            Operation.Literal when node.Literal!.Kind == TermOperation.Select => node.Operands.Skip(1),
            Operation.Literal when node.Literal!.Kind is TermOperation.Max or TermOperation.Min or TermOperation.Clamp => node.Operands,
            Operation.Max or Operation.Min or Operation.Largest => node.Operands,
            _ => Enumerable.Empty<Expression>(),
        });
        return [.. Walk.Nodes(branches)];
    }

    /// <summary>Bounds of an expression.</summary>
    public Interval BoundsOf(Expression expression) => _intervals.Of(expression);

    /// <summary>Says of a symbol, before it is asked for, whether it stands for something finite.</summary>
    public void Assume(Expression symbol, bool isFinite) => _finite[symbol] = isFinite;

    /// <summary>Whether no finite input makes it infinite or undefined. Sums and products of huge numbers do not count.</summary>
    public bool IsFinite(Expression expression) => Walk.Fold(
        expression, _finite, node => node.Operands, node => node.Operands.All(o => _finite[o]) && IsDefined(node));

    private bool IsDefined(Expression node) => node.Operation == Operation.Literal
        ? Walk.Above(node.Pool.MeaningOf(node), node.Operands).All(n => IsDefined(n, i => _intervals.Of(n.Operands[i])))
        : IsDefined(node, i => _intervals.Of(node.Operands[i]));

    /// <summary>Whether one operation is finite for finite operands with these bounds.</summary>
    public static bool IsDefined(Expression node, Func<int, Interval> operand) => node.Operation switch
    {
        Operation.Sqrt => operand(0).Low >= 0,
        Operation.Log => operand(0).Low > 0,
        Operation.Exp => operand(0).High <= LargestExponent,
        Operation.Divide => operand(1) is { Low: > 0 } or { High: < 0 },
        _ => true,
    };
}
