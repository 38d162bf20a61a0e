using System;
using System.Collections.Immutable;

namespace Qama.Generators.Energy;

/// <summary>
/// A node of the term algebra: a number per problem, token or pair of tokens, or a vector of HeadDim such numbers.
/// Immutable; equal nodes of a pool are the same object, so an expression is a graph in which shared parts are shared.
/// </summary>
internal sealed class Expression
{
    internal Expression(
        ExpressionPool pool, int id, Operation operation, double value, Symbol? symbol, LiteralOperation? literal,
        ImmutableArray<Expression> operands)
    {
        Pool = pool;
        Id = id;
        Operation = operation;
        Value = value;
        Symbol = symbol;
        Literal = literal;
        Operands = operands;
        IsVector = symbol?.IsVector ?? false;
        Tokens = symbol?.Tokens ?? Tokens.None;
        IsPositional = symbol is null || symbol.Role == SymbolRole.Position;
        DependsOnHead = symbol == Symbol.Head;
        foreach (Expression operand in operands)
        {
            IsVector |= operand.IsVector && !IsReduction;
            Tokens |= operand.Tokens;
            IsPositional &= operand.IsPositional;
            DependsOnHead |= operand.DependsOnHead;
        }

        GuardDepth = DepthOfGuard(operation, operands);
    }

    public ExpressionPool Pool { get; }

    /// <summary>Order of creation: operands have smaller numbers than what they are used in.</summary>
    public int Id { get; }

    public Operation Operation { get; }

    /// <summary>The number, for <see cref="Operation.Constant"/>.</summary>
    public double Value { get; }

    /// <summary>The input, for <see cref="Operation.Symbol"/>.</summary>
    public Symbol? Symbol { get; }

    /// <summary>What is computed, for <see cref="Operation.Literal"/>.</summary>
    public LiteralOperation? Literal { get; }

    public ImmutableArray<Expression> Operands { get; }

    /// <summary>Whether it has one value per dimension of the head.</summary>
    public bool IsVector { get; }

    /// <summary>Which tokens it depends on.</summary>
    public Tokens Tokens { get; }

    /// <summary>Whether it depends on nothing but positions and the head's number, or on nothing at all.</summary>
    public bool IsPositional { get; }

    /// <summary>Whether the head's number is among what it depends on.</summary>
    public bool DependsOnHead { get; }

    /// <summary>Whether it takes a whole loop over the dimensions.</summary>
    public bool IsReduction => Operation is Operation.Sum or Operation.Largest;

    /// <summary>Whether it is, as an adjoint, exactly 0 wherever the conditionals above took another branch.</summary>
    public bool IsGuarded => GuardDepth > 0;

    /// <summary>How many conditionals, one inside the other, make it so; 0 where none does.</summary>
    public int GuardDepth { get; }

    public bool IsConstant(double value) => Operation == Operation.Constant && Value == value;

    public static Expression operator +(Expression a, Expression b) => a.Pool.Add(a, b);

    public static Expression operator -(Expression a, Expression b) => a.Pool.Subtract(a, b);

    public static Expression operator -(Expression a) => a.Pool.Negate(a);

    public static Expression operator *(Expression a, Expression b) => a.Pool.Multiply(a, b);

    public static Expression operator /(Expression a, Expression b) => a.Pool.Divide(a, b);

    public static Expression operator +(Expression a, double b) => a + a.Pool.Constant(b);

    public static Expression operator -(double a, Expression b) => b.Pool.Constant(a) - b;

    public static Expression operator -(Expression a, double b) => a - a.Pool.Constant(b);

    public static Expression operator *(double a, Expression b) => b.Pool.Constant(a) * b;

    public static Expression operator *(Expression a, double b) => b * a;

    public static Expression operator /(Expression a, double b) => a / a.Pool.Constant(b);

    public override string ToString() => MathNotation.Write(this);

    private static int DepthOfGuard(Operation operation, ImmutableArray<Expression> operands)
    {
        switch (operation)
        {
            case Operation.Select when operands[0] == operands[1]:
                return 1;
            case Operation.Select:
                Expression a = operands[1], b = operands[2];
                return a.IsConstant(0) || b.IsConstant(0) || a.IsGuarded || b.IsGuarded
                    ? 1 + Math.Max(a.GuardDepth, b.GuardDepth)
                    : 0;
            case Operation.Add or Operation.Subtract:
                return operands[0].IsGuarded && operands[1].IsGuarded ? 1 : 0;
            case Operation.Sum:
                return operands[0].IsGuarded ? 1 : 0;
            case Operation.Negate:
                return operands[0].GuardDepth;
            case Operation.Multiply when operands[0].Operation == Operation.Constant:
                return operands[1].GuardDepth;
            default:
                return 0;
        }
    }
}
