using System;
using System.Collections.Generic;
using Qama.Generators.Energy;

namespace Qama.Generators.Emission;

/// <summary>Writes scalar expressions as C# of type double.</summary>
internal static class ScalarWriter
{
    /// <param name="expression">A scalar.</param>
    /// <param name="names">Names of the symbols it reads.</param>
    public static string Write(Expression expression, IReadOnlyDictionary<Symbol, string> names)
    {
        return Text(expression, 0);

        string Text(Expression node, int outer)
        {
            (string text, int precedence) = Render(node);
            return precedence < outer ? "(" + text + ")" : text;
        }

        (string Text, int Precedence) Render(Expression node)
        {
            return node.Operation switch
            {
                Operation.Constant => (SourceWriter.Double(node.Value), node.Value < 0 ? 3 : 4),
                Operation.Symbol => (names[node.Symbol!], 4),
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
}
