using System;
using System.Collections.Generic;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Writes scalar expressions as C#: what was written as C# in its own types, the rest in double.</summary>
internal sealed class ScalarWriter
{
    private readonly Func<Expression, string?> _names;
    private readonly LiteralWriter _literals;

    private ScalarWriter(Func<Expression, string?> names, ElementType single)
    {
        _names = names;
        _literals = new LiteralWriter(single, Text);
    }

    /// <param name="expression">A scalar of positions.</param>
    /// <param name="names">Names of the symbols it reads: whole numbers where <see cref="IsLiteral"/>, else numbers of type double.</param>
    public static string Write(Expression expression, IReadOnlyDictionary<Symbol, string> names) =>
        new ScalarWriter(node => node.Symbol is { } symbol ? names[symbol] : null, ElementType.Single).Text(expression, 0);

    /// <summary>One lane of an expression that lanes cannot hold the parts of.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="names">Names of the parts that lanes hold.</param>
    /// <param name="element">Their type, and what stands for float.</param>
    public static string WriteLane(Expression expression, Func<Expression, string?> names, ElementType element)
    {
        var writer = new ScalarWriter(names, element);
        return expression.Operation is Operation.AtLeast or Operation.Greater
            ? writer.Text(expression, 0)
            : $"({element.Name}){writer.Text(expression, 4)}";
    }

    /// <summary>Whether something is computed in C#'s own types.</summary>
    public static bool IsLiteral(Expression expression)
    {
        foreach (Expression node in Differentiation.Reachable([expression]))
        {
            if (node.Operation == Operation.Literal)
            {
                return true;
            }
        }

        return false;
    }

    private string Text(Expression node, int outer)
    {
        (string text, int precedence) = _names(node) is { } name ? (name, 4)
            : node.Operation == Operation.Literal ? _literals.Render(node)
            : Render(node);
        return precedence < outer ? "(" + text + ")" : text;
    }

    private (string Text, int Precedence) Render(Expression node)
    {
        return node.Operation switch
        {
            Operation.Constant => (SourceWriter.Double(node.Value), node.Value < 0 ? 3 : 4),
            Operation.Negate => ("-" + Operand(0, 4), 3),
            Operation.Add => (Operand(0, 1) + " + " + Operand(1, 1), 1),
            Operation.Subtract => (Operand(0, 1) + " - " + Operand(1, 2), 1),
            Operation.Multiply => (Operand(0, 2) + " * " + Operand(1, 3), 2),
            Operation.Divide => (Operand(0, 2) + " / " + Operand(1, 3), 2),
            Operation.AtLeast => (_literals.Compare(node, ">="), 4),
            Operation.Greater => (_literals.Compare(node, ">"), 4),
            Operation.Detach => (Operand(0, 4), 4),
            Operation.Max or Operation.Min => ($"global::System.Math.{node.Operation}({Operand(0, 0)}, {Operand(1, 0)})", 4),
            Operation.Select => ($"({Operand(0, 1)} != 0 ? {Operand(1, 1)} : {Operand(2, 1)})", 4),
            Operation.Sqrt or Operation.Exp or Operation.Log or Operation.Tanh or Operation.Abs or Operation.Sin or Operation.Cos
                or Operation.Truncate =>
                ($"global::System.Math.{node.Operation}({Operand(0, 0)})", 4),
            _ => throw new InvalidOperationException($"{node.Operation} is no scalar operation."),
        };

        // Two floats would be added up as floats.
        string Operand(int index, int precedence) => LiteralWriter.TypeOf(node.Operands[index]) is not null and not NumberType.Truth
            ? "(double)" + Text(node.Operands[index], 4)
            : Text(node.Operands[index], precedence);
    }
}
