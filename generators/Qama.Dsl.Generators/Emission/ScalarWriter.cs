using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Writes scalar expressions as C#: what was written as C# in its own types, the rest in double. Statements for the parts that
/// are used more than once or are long, and an expression for the rest.</summary>
internal sealed class ScalarWriter
{
    private readonly Dictionary<Expression, string> _locals = [];
    private readonly Func<Expression, string?> _names;
    private readonly LiteralWriter _literals;

    private ScalarWriter(Func<Expression, string?> names, ElementType single)
    {
        _names = names;
        _literals = new LiteralWriter(single, Text);
    }

    /// <summary>Writes the statements and returns the expression.</summary>
    /// <param name="writer">Receives the statements; their variables are called part0, part1 and so on.</param>
    /// <param name="expression">A scalar of positions.</param>
    /// <param name="names">Names of the symbols it reads: whole numbers where <see cref="IsLiteral"/>, else numbers of type double.</param>
    public static string Write(SourceWriter writer, Expression expression, IReadOnlyDictionary<Symbol, string> names)
    {
        var scalar = new ScalarWriter(node => node.Symbol is { } symbol ? names[symbol] : null, ElementType.Single);
        scalar.WriteParts(writer, Walk.Nodes([expression]), [], expression);
        return scalar.Text(expression, 0);
    }

    /// <summary>One lane of an expression that lanes cannot hold the parts of, as the body of a lambda.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="names">Names of the parts that lanes hold.</param>
    /// <param name="element">Their type, and what stands for float.</param>
    public static string WriteLane(Expression expression, IReadOnlyDictionary<Expression, string> names, ElementType element)
    {
        var scalar = new ScalarWriter(node => names.TryGetValue(node, out string? name) ? name : null, element);
        var writer = new SourceWriter();
        HashSet<Expression> parts = [.. names.Keys];
        scalar.WriteParts(writer, [.. Walk.Above([expression], parts)], parts, expression);
        string result = expression.Operation is Operation.AtLeast or Operation.Greater
            ? scalar.Text(expression, 0)
            : $"({element.Name}){scalar.Text(expression, 4)}";
        return scalar._locals.Count == 0 ? result : $"{{ {string.Join(" ", writer.ToString().Split(['\n'], StringSplitOptions.RemoveEmptyEntries))} return {result}; }}";
    }

    /// <summary>Whether something is computed in C#'s own types.</summary>
    public static bool IsLiteral(Expression expression) => Walk.Nodes([expression]).Any(n => n.Operation == Operation.Literal);

    /// <param name="writer">Receives the statements.</param>
    /// <param name="nodes">All nodes that are written, operands first.</param>
    /// <param name="given">Those below them that have a name.</param>
    /// <param name="root">What is returned.</param>
    private void WriteParts(SourceWriter writer, IReadOnlyList<Expression> nodes, HashSet<Expression> given, Expression root)
    {
        HashSet<Expression> named = [.. Shared(nodes), .. given];
        Naming.Split(nodes, named);
        foreach (Expression node in nodes)
        {
            if (named.Contains(node) && node != root)
            {
                string name = "part" + _locals.Count.ToString(CultureInfo.InvariantCulture);
                writer.Write($"{_literals.TypeName(node)} {name} = {Text(node, 0)};");
                _locals.Add(node, name);
            }
        }
    }

    /// <summary>What is used more than once and is no number or symbol.</summary>
    private static HashSet<Expression> Shared(IEnumerable<Expression> nodes)
    {
        HashSet<Expression> used = [], shared = [];
        foreach (Expression node in nodes)
        {
            foreach (Expression operand in node.Operands)
            {
                if (!used.Add(operand) && !operand.Operands.IsEmpty)
                {
                    shared.Add(operand);
                }
            }
        }

        return shared;
    }

    private string Text(Expression node, int outer)
    {
        (string text, int precedence) = _locals.TryGetValue(node, out string? local) ? (local, 4)
            : _names(node) is { } name ? (name, 4)
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
