using System;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Writes operations of C#'s types as they were: same type, same order, and wrapping around. Nothing throws, since lanes of absent
/// tokens and branches that are not taken may be computed too: where the method throws is found by trying all positions.</summary>
/// <param name="single">What stands for float.</param>
/// <param name="text">Writes an operand that binds at least as strongly as a number says.</param>
internal sealed class LiteralWriter(ElementType single, Func<Expression, int, string> text)
{
    /// <summary>The type of an expression; null for real numbers, which are of type double, and for constants, which have their user's.
    /// </summary>
    public static NumberType? TypeOf(Expression node) => node.Operation switch
    {
        Operation.Literal => node.Literal!.Type,
        Operation.AtLeast or Operation.Greater => NumberType.Truth,
        Operation.Symbol when node.IsPositional => NumberType.Int32,
        Operation.Symbol => NumberType.Single,
        _ => null,
    };

    /// <summary>1 or 0. Only NaN is not equal to itself; the C# compiler warns of a comparison that says so.</summary>
    public string Compare(Expression node, string symbol)
    {
        if (node.Operands[0] == node.Operands[1])
        {
            return symbol == ">" ? "0" : $"(double.IsNaN({Operand(node, 0, TypeOf(node.Operands[0]) ?? NumberType.Double, 0)}) ? 0 : 1)";
        }

        NumberType type = node.Operands.Select(TypeOf).FirstOrDefault(t => t is not null) ?? NumberType.Double;
        return $"({Operand(node, 0, type, 2)} {symbol} {Operand(node, 1, type, 2)} ? 1 : 0)";
    }

    public (string Text, int Precedence) Render(Expression node)
    {
        LiteralOperation operation = node.Literal!;
        bool whole = operation.Type.IsWhole();
        switch (operation.Kind)
        {
            case TermOperation.Negate:
                return Overflowing("-" + Of(0, 4), 3);
            case TermOperation.Add:
                return Overflowing(Of(0, 1) + " + " + Of(1, 2), 1);
            case TermOperation.Subtract:
                return Overflowing(Of(0, 1) + " - " + Of(1, 2), 1);
            case TermOperation.Multiply:
                return Overflowing(Of(0, 2) + " * " + Of(1, 3), 2);
            case TermOperation.Divide:
                return (Of(0, 2) + " / " + Of(1, 3), 2);
            case TermOperation.WholeQuotient or TermOperation.WholeRemainder when IsSafeDivisor(node.Operands[1]):
                return (Of(0, 2) + (operation.Kind == TermOperation.WholeQuotient ? " / " : " % ") + Of(1, 3), 2);
            case TermOperation.WholeQuotient:
                return Library("Quotient");
            case TermOperation.WholeRemainder:
                return Library("Remainder");
            case TermOperation.Abs when whole:
                return Library("Magnitude");
            case TermOperation.Clamp:
                return Library("Clamp");
            case TermOperation.Convert when whole:
                return ($"unchecked(({Keyword(operation.Type)}){Of(0, 4)})", 4);
            case TermOperation.Convert:
                return ($"({Keyword(operation.Type)}){Of(0, 4)}", 3);
            case TermOperation.Select:
                return ($"({text(node.Operands[0], 2)} != 0 ? {Of(1, 1)} : {Of(2, 1)})", 4);
            case TermOperation.Throw:
                return ($"default({Keyword(operation.Type)})", 4);
            default:
                string library = whole || operation.Kind is TermOperation.Abs or TermOperation.Max or TermOperation.Min
                    || Keyword(operation.Type) == "double" ? "Math" : "MathF";
                return ($"global::System.{library}.{Arithmetic.NameOf(operation.Kind)}({Arguments()})", 4);
        }

        string Arguments() => string.Join(", ", Enumerable.Range(0, node.Operands.Length).Select(i => Of(i, 0)));

        (string, int) Library(string name) => ($"unchecked(({Keyword(operation.Type)})global::Qama.Numerics.Vectors.LaneByLane.{name}({Arguments()}))", 4);

        string Of(int index, int precedence) => Operand(node, index, operation.Source, precedence);

        (string, int) Overflowing(string result, int precedence) => whole ? ($"unchecked({result})", 4) : (result, precedence);
    }

    /// <summary>The C# type of a variable that holds the expression.</summary>
    public string TypeName(Expression node) => TypeOf(node) is { } type and not NumberType.Truth ? Keyword(type) : "double";

    /// <summary>Nothing throws when it is divided by any other constant.</summary>
    private static bool IsSafeDivisor(Expression divisor) => divisor.Operation == Operation.Constant && divisor.Value is not (0 or -1);

    private string Keyword(NumberType type) => type == NumberType.Single ? single.Name : type.Keyword();

    /// <summary>An operand of a type; constants are written in it.</summary>
    private string Operand(Expression node, int index, NumberType type, int precedence)
    {
        Expression operand = node.Operands[index];
        if (operand.Operation != Operation.Constant)
        {
            // A table's number, which is a float, of a type that is none.
            return operand.Operation == Operation.Symbol && !operand.IsPositional && type.IsWhole()
                ? $"({type.Keyword()}){text(operand, 4)}"
                : text(operand, precedence);
        }

        double value = operand.Value;
        string number = type == NumberType.Single ? SourceWriter.Literal(single, value)
            : type.IsWhole() && Math.Abs(value) <= ExpressionPool.LargestWhole && Math.Floor(value) == value
                ? value.ToString("F0", CultureInfo.InvariantCulture) + (type == NumberType.Int64 ? "L" : "")
            : SourceWriter.Double(value);
        return value < 0 && precedence > 3 ? "(" + number + ")" : number;
    }
}
