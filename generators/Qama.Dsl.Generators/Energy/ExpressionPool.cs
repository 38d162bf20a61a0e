using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>
/// Makes expressions: one object per distinct node, constants folded, neutral elements dropped, scalars pulled out of sums.
/// </summary>
/// <param name="dimension">Length D of a vector: the sum of a scalar over dimensions is D times it.</param>
internal sealed class ExpressionPool(int dimension)
{
    /// <summary>Whole numbers up to this are doubles; constants are no larger.</summary>
    public const double LargestWhole = 1L << 53;

    private readonly Dictionary<NodeKey, Expression> _nodes = [];
    private readonly Dictionary<Expression, Expression> _sums = [];

    public int Dimension => dimension;

    /// <summary>What making and visiting nodes is counted against.</summary>
    public WorkBudget Budget { get; } = WorkBudget.Current;

    public Expression Zero => Constant(0);

    public Expression One => Constant(1);

    public Expression Constant(double value) => Node(Operation.Constant, value, null);

    public Expression Symbol(Symbol symbol) => Node(Operation.Symbol, 0, symbol);

    /// <summary>What C# computes, operation by operation: nothing is simplified, but constants are computed as C# does.</summary>
    public Expression Literal(LiteralOperation operation, params ReadOnlySpan<Expression> o)
    {
        bool constant = true;
        foreach (Expression operand in o)
        {
            constant &= operand.Operation == Operation.Constant;
        }

        if (constant && operation.Kind != TermOperation.Throw)
        {
            Number value = Arithmetic.Compute(operation, Operand(o, 0), Operand(o, 1), Operand(o, 2));
            if (!value.Throws && !(operation.Type.IsWhole() && Math.Abs(value.Real) > LargestWhole))
            {
                return Constant(value.Real);
            }
        }

        return Node(Operation.Literal, 0, null, operation, o);

        static Number Operand(ReadOnlySpan<Expression> o, int index) => index < o.Length ? Number.Of(o[index].Value) : default;
    }

    /// <summary>What a node of <see cref="Literal"/> means for real numbers: its derivative, its notation and its bounds are this
    /// one's.</summary>
    public Expression MeaningOf(Expression literal) => TermCode.Meaning(this, literal.Literal!, literal.Operands);

    public Expression Negate(Expression a) => a.Operation switch
    {
        Operation.Constant => Constant(-a.Value),
        Operation.Negate => a.Operands[0],
        Operation.Subtract => a.Operands[1] - a.Operands[0],
        Operation.Multiply when a.Operands[0].Operation == Operation.Constant => Constant(-a.Operands[0].Value) * a.Operands[1],
        _ => Node(Operation.Negate, 0, null, a),
    };

    public Expression Add(Expression a, Expression b)
    {
        if (a.Operation == Operation.Constant && b.Operation == Operation.Constant)
        {
            return Constant(a.Value + b.Value);
        }

        if (a.IsConstant(0))
        {
            return b;
        }

        if (b.IsConstant(0))
        {
            return a;
        }

        if (b.Operation == Operation.Negate)
        {
            return a - b.Operands[0];
        }

        return a == b ? 2 * a : Node(Operation.Add, 0, null, a, b);
    }

    public Expression Subtract(Expression a, Expression b)
    {
        if (a.Operation == Operation.Constant && b.Operation == Operation.Constant)
        {
            return Constant(a.Value - b.Value);
        }

        if (a == b)
        {
            return Zero;
        }

        if (a.IsConstant(0))
        {
            return -b;
        }

        if (b.IsConstant(0))
        {
            return a;
        }

        return b.Operation == Operation.Negate ? a + b.Operands[0] : Node(Operation.Subtract, 0, null, a, b);
    }

    public Expression Multiply(Expression a, Expression b)
    {
        if (b.Operation == Operation.Constant)
        {
            (a, b) = (b, a);
        }

        if (a.Operation == Operation.Constant)
        {
            return MultiplyConstant(a, b);
        }

        // Constants gather in front: (c·x)·y = c·(x·y).
        if (a.Operation == Operation.Multiply && a.Operands[0].Operation == Operation.Constant)
        {
            return a.Operands[0] * (a.Operands[1] * b);
        }

        if (b.Operation == Operation.Multiply && b.Operands[0].Operation == Operation.Constant)
        {
            return b.Operands[0] * (a * b.Operands[1]);
        }

        if (a.Operation == Operation.Negate)
        {
            return -(a.Operands[0] * b);
        }

        return b.Operation == Operation.Negate ? -(a * b.Operands[0]) : Node(Operation.Multiply, 0, null, a, b);
    }

    public Expression Divide(Expression a, Expression b)
    {
        if (b.Operation == Operation.Constant)
        {
            return a.Operation == Operation.Constant ? Constant(a.Value / b.Value) : Constant(1 / b.Value) * a;
        }

        if (a.IsConstant(0))
        {
            return a;
        }

        if (a.Operation == Operation.Negate)
        {
            return -(a.Operands[0] / b);
        }

        return Node(Operation.Divide, 0, null, a, b);
    }

    public Expression Max(Expression a, Expression b) => Fold(Operation.Max, Math.Max, a, b);

    public Expression Min(Expression a, Expression b) => Fold(Operation.Min, Math.Min, a, b);

    public Expression Sqrt(Expression a) => Fold(Operation.Sqrt, Math.Sqrt, a);

    public Expression Exp(Expression a) => Fold(Operation.Exp, Math.Exp, a);

    public Expression Log(Expression a) => Fold(Operation.Log, Math.Log, a);

    public Expression Tanh(Expression a) => Fold(Operation.Tanh, Math.Tanh, a);

    public Expression Sin(Expression a) => Fold(Operation.Sin, Math.Sin, a);

    public Expression Cos(Expression a) => Fold(Operation.Cos, Math.Cos, a);

    public Expression Truncate(Expression a) => Fold(Operation.Truncate, Math.Truncate, a);

    public Expression Abs(Expression a) => Fold(Operation.Abs, Math.Abs, a);

    /// <summary>Positions compare with themselves as numbers do; other values may be undefined.</summary>
    public Expression AtLeast(Expression a, Expression b) => a == b && a.Symbol is { Role: SymbolRole.Position }
        ? One
        : Fold(Operation.AtLeast, (x, y) => x >= y ? 1 : 0, a, b);

    public Expression Greater(Expression a, Expression b) =>
        a == b ? Zero : Fold(Operation.Greater, (x, y) => x > y ? 1 : 0, a, b);

    /// <summary>1 − a for a condition a, a number that is 1 or 0.</summary>
    public static Expression Not(Expression a) => 1 - a;

    /// <summary>a where the condition is 1, b where it is 0.</summary>
    public Expression Select(Expression condition, Expression a, Expression b)
    {
        if (condition.Operation == Operation.Constant)
        {
            return condition.Value != 0 ? a : b;
        }

        return a == b ? a : Node(Operation.Select, 0, null, condition, a, b);
    }

    public Expression Detach(Expression a) => a.Operation == Operation.Constant ? a : Node(Operation.Detach, 0, null, a);

    /// <summary>Σ_d: splits over + and −, and scalars come out.</summary>
    public Expression Sum(Expression a) => Walk.Fold(a, _sums, Summed, MakeSum);

    /// <summary>What Σ_d goes into.</summary>
    private static ImmutableArray<Expression> Summed(Expression a) => a.IsVector ? a.Operation switch
    {
        Operation.Negate or Operation.Add or Operation.Subtract => a.Operands,
        Operation.Multiply when !a.Operands[0].IsVector => [a.Operands[1]],
        Operation.Multiply or Operation.Divide when !a.Operands[1].IsVector => [a.Operands[0]],
        _ => [],
    }
    : [];

    private Expression MakeSum(Expression a)
    {
        ImmutableArray<Expression> parts = Summed(a);
        if (parts.IsEmpty)
        {
            return a.IsVector ? Node(Operation.Sum, 0, null, a) : dimension * a;
        }

        Expression first = _sums[parts[0]];
        return a.Operation switch
        {
            Operation.Negate => -first,
            Operation.Add => first + _sums[parts[1]],
            Operation.Subtract => first - _sums[parts[1]],
            Operation.Divide => first / a.Operands[1],
            _ => (a.Operands[0].IsVector ? a.Operands[1] : a.Operands[0]) * first,
        };
    }

    public Expression Largest(Expression a) => a.IsVector ? Node(Operation.Largest, 0, null, a) : a;

    // Shorthands of the field.

    public Expression Dot(Expression a, Expression b) => Sum(a * b);

    public Expression Mean(Expression a) => Sum(a) / dimension;

    public Expression Norm(Expression a) => Sqrt(Dot(a, a));

    public Expression Log2(Expression a) => (1 / Math.Log(2)) * Log(a);

    public Expression Clamp(Expression a, double low, double high) => Min(Max(a, Constant(low)), Constant(high));

    /// <summary>exp(a − largest) / Σ: the shift cancels, so it is held constant in derivatives.</summary>
    public Expression Softmax(Expression a)
    {
        Expression exponential = Exp(a - Detach(Largest(a)));
        return exponential / Sum(exponential);
    }

    /// <summary>largest + log Σ exp(a − largest), with the shift constant in derivatives as in softmax.</summary>
    public Expression LogSumExp(Expression a)
    {
        Expression largest = Detach(Largest(a));
        return largest + Log(Sum(Exp(a - largest)));
    }

    /// <summary>1 / (1 + e^−a), written so that nothing overflows.</summary>
    public Expression Sigmoid(Expression a) => 0.5 * Tanh(0.5 * a) + 0.5;

    /// <summary>a to a whole power, by repeated squaring.</summary>
    public Expression Power(Expression a, int exponent)
    {
        if (exponent < 0)
        {
            return One / Power(a, -exponent);
        }

        if (exponent == 0)
        {
            return One;
        }

        Expression half = Power(a, exponent / 2);
        Expression even = exponent / 2 == 0 ? One : half * half;
        return exponent % 2 == 0 ? even : even * a;
    }

    /// <summary>The same operation on other operands.</summary>
    public Expression Rebuild(Expression node, IReadOnlyList<Expression> o) => node.Operation switch
    {
        Operation.Constant or Operation.Symbol => node,
        Operation.Negate => Negate(o[0]),
        Operation.Add => Add(o[0], o[1]),
        Operation.Subtract => Subtract(o[0], o[1]),
        Operation.Multiply => Multiply(o[0], o[1]),
        Operation.Divide => Divide(o[0], o[1]),
        Operation.Max => Max(o[0], o[1]),
        Operation.Min => Min(o[0], o[1]),
        Operation.Sqrt => Sqrt(o[0]),
        Operation.Exp => Exp(o[0]),
        Operation.Log => Log(o[0]),
        Operation.Tanh => Tanh(o[0]),
        Operation.Sin => Sin(o[0]),
        Operation.Cos => Cos(o[0]),
        Operation.Truncate => Truncate(o[0]),
        Operation.Abs => Abs(o[0]),
        Operation.AtLeast => AtLeast(o[0], o[1]),
        Operation.Greater => Greater(o[0], o[1]),
        Operation.Select => Select(o[0], o[1], o[2]),
        Operation.Detach => Detach(o[0]),
        Operation.Sum => Sum(o[0]),
        Operation.Largest => Largest(o[0]),
        Operation.Literal => Literal(node.Literal!, [.. o]),
        _ => throw new InvalidOperationException($"Unknown operation {node.Operation}."),
    };

    /// <summary>The expression with some nodes replaced; shared parts stay shared.</summary>
    public Expression Replace(Expression root, IReadOnlyDictionary<Expression, Expression> replacements)
    {
        var done = new Dictionary<Expression, Expression>();
        return Walk.Fold(
            root, done, node => replacements.ContainsKey(node) ? [] : node.Operands,
            node => replacements.TryGetValue(node, out Expression? replacement) ? replacement
                : Rebuild(node, [.. node.Operands.Select(o => done[o])]));
    }

    private Expression MultiplyConstant(Expression constant, Expression b)
    {
        if (b.Operation == Operation.Constant)
        {
            return Constant(constant.Value * b.Value);
        }

        if (constant.Value == 0)
        {
            return Zero;
        }

        if (constant.Value == 1)
        {
            return b;
        }

        if (constant.Value == -1)
        {
            return -b;
        }

        return b.Operation switch
        {
            Operation.Negate => Constant(-constant.Value) * b.Operands[0],
            Operation.Multiply when b.Operands[0].Operation == Operation.Constant =>
                Constant(constant.Value * b.Operands[0].Value) * b.Operands[1],
            _ => Node(Operation.Multiply, 0, null, constant, b),
        };
    }

    private Expression Fold(Operation operation, Func<double, double> function, Expression a) =>
        a.Operation == Operation.Constant ? Constant(function(a.Value)) : Node(operation, 0, null, a);

    private Expression Fold(Operation operation, Func<double, double, double> function, Expression a, Expression b) =>
        a.Operation == Operation.Constant && b.Operation == Operation.Constant
            ? Constant(function(a.Value, b.Value))
            : Node(operation, 0, null, a, b);

    private Expression Node(Operation operation, double value, Symbol? symbol, params ReadOnlySpan<Expression> operands) =>
        Node(operation, value, symbol, null, operands);

    private Expression Node(
        Operation operation, double value, Symbol? symbol, LiteralOperation? literal, ReadOnlySpan<Expression> operands)
    {
        var key = new NodeKey(
            operation, BitConverter.DoubleToInt64Bits(value), symbol, literal,
            operands.Length > 0 ? operands[0].Id : -1, operands.Length > 1 ? operands[1].Id : -1,
            operands.Length > 2 ? operands[2].Id : -1);
        if (!_nodes.TryGetValue(key, out Expression? node))
        {
            Budget.Spend();
            node = new Expression(this, _nodes.Count, operation, value, symbol, literal, [.. operands]);
            _nodes.Add(key, node);
        }

        return node;
    }

    private readonly record struct NodeKey(
        Operation Operation, long ValueBits, Symbol? Symbol, LiteralOperation? Literal, int First, int Second, int Third);
}
