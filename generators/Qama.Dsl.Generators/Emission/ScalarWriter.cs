using System;
using System.Collections.Generic;
using System.Globalization;
using Qama.Generators.Energy;

namespace Qama.Generators.Emission;

/// <summary>Writes scalar expressions as C# of type double: statements for the parts that are used more than once or are long,
/// and an expression for the rest.</summary>
internal sealed class ScalarWriter
{
    private readonly Dictionary<Expression, string> _locals = [];
    private readonly IReadOnlyDictionary<Symbol, string> _names;

    private ScalarWriter(IReadOnlyDictionary<Symbol, string> names) => _names = names;

    /// <summary>Writes the statements and returns the expression.</summary>
    /// <param name="writer">Receives the statements; their variables are called part0, part1 and so on.</param>
    /// <param name="expression">A scalar.</param>
    /// <param name="names">Names of the symbols it reads.</param>
    public static string Write(SourceWriter writer, Expression expression, IReadOnlyDictionary<Symbol, string> names)
    {
        var scalar = new ScalarWriter(names);
        IReadOnlyList<Expression> nodes = Walk.Nodes([expression]);
        HashSet<Expression> named = Shared(nodes);
        Naming.Split(nodes, named);
        foreach (Expression node in nodes)
        {
            if (named.Contains(node) && node != expression)
            {
                string name = "part" + scalar._locals.Count.ToString(CultureInfo.InvariantCulture);
                writer.Write($"double {name} = {scalar.Render(node).Text};");
                scalar._locals.Add(node, name);
            }
        }

        return scalar.Render(expression).Text;
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
        if (_locals.TryGetValue(node, out string? name))
        {
            return name;
        }

        (string text, int precedence) = Render(node);
        return precedence < outer ? "(" + text + ")" : text;
    }

    private (string Text, int Precedence) Render(Expression node)
    {
        return node.Operation switch
        {
            Operation.Constant => (SourceWriter.Double(node.Value), node.Value < 0 ? 3 : 4),
            Operation.Symbol => (_names[node.Symbol!], 4),
            Operation.Negate => ("-" + Operand(0, 4), 3),
            Operation.Add => (Operand(0, 1) + " + " + Operand(1, 1), 1),
            Operation.Subtract => (Operand(0, 1) + " - " + Operand(1, 2), 1),
            Operation.Multiply => (Operand(0, 2) + " * " + Operand(1, 3), 2),
            Operation.Divide => (Operand(0, 2) + " / " + Operand(1, 3), 2),
            Operation.AtLeast when node.Operands[0] == node.Operands[1] => ($"(double.IsNaN({Operand(0, 0)}) ? 0 : 1)", 4),
            Operation.AtLeast => ($"({Operand(0, 1)} >= {Operand(1, 1)} ? 1 : 0)", 4),
            Operation.Greater => ($"({Operand(0, 1)} > {Operand(1, 1)} ? 1 : 0)", 4),
            Operation.Detach => (Operand(0, 4), 4),
            Operation.Max or Operation.Min => ($"global::System.Math.{node.Operation}({Operand(0, 0)}, {Operand(1, 0)})", 4),
            Operation.Select => ($"({Operand(0, 1)} != 0 ? {Operand(1, 1)} : {Operand(2, 1)})", 4),
            Operation.Sqrt or Operation.Exp or Operation.Log or Operation.Tanh or Operation.Abs or Operation.Sin or Operation.Cos
                or Operation.Truncate =>
                ($"global::System.Math.{node.Operation}({Operand(0, 0)})", 4),
            _ => throw new InvalidOperationException($"{node.Operation} is no scalar operation."),
        };

        string Operand(int index, int precedence) => Text(node.Operands[index], precedence);
    }
}
