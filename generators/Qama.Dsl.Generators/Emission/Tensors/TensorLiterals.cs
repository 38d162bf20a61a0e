using System;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Tensors;

/// <summary>The types of tensors in generated code.</summary>
internal enum TensorType
{
    /// <summary>That of the inputs, which stands for float.</summary>
    Inputs,

    /// <summary>Numbers that C# computes in double.</summary>
    Double,

    /// <summary>Numbers that C# computes in a type of whole numbers, as 64-bit ones.</summary>
    Whole,
}

/// <summary>Writes operations of C#'s types: same type, same order, and wrapping around, as <see cref="LiteralWriter"/> does for lanes.</summary>
internal sealed class TensorLiterals(TensorWriter writer)
{
    public static TensorType Of(NumberType type) => type switch
    {
        NumberType.Double => TensorType.Double,
        _ when type.IsWhole() => TensorType.Whole,
        _ => TensorType.Inputs,
    };

    /// <summary>The type of a node's tensor; conditions are 1 or 0 of the inputs' type.</summary>
    public static TensorType TypeOf(Expression node) =>
        node.Operation == Operation.Literal ? Of(node.Literal!.Type) : TensorType.Inputs;

    /// <summary>The type that two numbers are compared in.</summary>
    public static TensorType CommonTypeOf(Expression comparison) =>
        comparison.Operands.Where(o => o.Operation != Operation.Constant).Select(TypeOf).Max();

    /// <summary>A number that a tensor of a type meets.</summary>
    public static string Constant(double value, TensorType type) =>
        type == TensorType.Whole && Math.Abs(value) <= ExpressionPool.LargestWhole && Math.Floor(value) == value
            ? value.ToString("F0", CultureInfo.InvariantCulture) + "L"
            : SourceWriter.Double(value);

    public (string Text, int Precedence) Render(Expression node)
    {
        LiteralOperation operation = node.Literal!;
        if (operation.Type.IsWhole())
        {
            return Whole(node, operation);
        }

        switch (operation.Kind)
        {
            case TermOperation.Negate:
                return ("-" + Of(0, 4), 3);
            case TermOperation.Add:
                return (Of(0, 1) + " + " + Of(1, 2), 1);
            case TermOperation.Subtract:
                return (Of(0, 1) + " - " + Of(1, 2), 1);
            case TermOperation.Multiply:
                return writer.Multiply(node);
            case TermOperation.Divide:
                return writer.Divide(node);
            case TermOperation.Sqrt:
                return writer.Sqrt(node);
            case TermOperation.Power when node.Operands[1].IsConstant(0.5):
                return ($"Sqrt({Of(0, 0)})", 4);
            case TermOperation.Convert:
                return (Converted(node, TypeOf(node)), 4);
            case TermOperation.Throw:
                return ("Constant(inputs.Query, 0.0)" + TensorWriter.ConversionTo(TypeOf(node)), 4);
            case TermOperation.Select when TypeOf(node) == TensorType.Double:
                return ($"SelectDouble({writer.Arguments(node)})", 4);
            default:
                return (writer.Call(node), 4);
        }

        string Of(int index, int precedence) => writer.Operand(node, index, precedence);
    }

    /// <summary>In 64 bits, then what is left of them in the type.</summary>
    private (string Text, int Precedence) Whole(Expression node, LiteralOperation operation)
    {
        (string value, int precedence) = operation.Kind switch
        {
            TermOperation.Negate => ("-" + Of(0, 4), 3),
            TermOperation.Add => (Of(0, 1) + " + " + Of(1, 2), 1),
            TermOperation.Subtract => (Of(0, 1) + " - " + Of(1, 2), 1),
            TermOperation.Multiply => (Of(0, 2) + " * " + Of(1, 3), 2),
            TermOperation.Convert when operation.Source.IsReal() =>
                ($"ToWhole({Of(0, 0)}, {(operation.Type == NumberType.Int64 ? "true" : "false")})", 4),
            TermOperation.Convert => (Of(0, 4), 4),
            TermOperation.Throw => ("Constant(inputs.Query, 0.0)" + TensorWriter.ConversionTo(TensorType.Whole), 4),
            TermOperation.Select => ($"SelectWhole({writer.Arguments(node)})", 4),
            _ => (writer.Call(node), 4),
        };

        bool fits = operation.Type == NumberType.Int64 || operation.Kind == TermOperation.Select
            || (operation.Type == NumberType.Int32 && operation.Kind == TermOperation.Convert && operation.Source != NumberType.Int64);
        return fits ? (value, precedence) : ($"To{operation.Type}({value})", 4);

        string Of(int index, int precedence) => writer.Operand(node, index, precedence);
    }

    private string Converted(Expression node, TensorType type)
    {
        string text = writer.Operand(node, 0, 4);
        return Of(node.Literal!.Source) == type ? text : text + TensorWriter.ConversionTo(type);
    }
}
