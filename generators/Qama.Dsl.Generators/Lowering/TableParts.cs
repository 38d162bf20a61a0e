using System;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>
/// Tables are of floats. A double or a large whole number that C# goes on to compute with is kept in several of them, and put together
/// again without an error: a double in three, whole numbers in digits to the base 2¹⁶.
/// </summary>
internal static class TableParts
{
    private const int Base = 1 << 16;

    /// <summary>A function of positions made of tables.</summary>
    /// <param name="value">The function.</param>
    /// <param name="table">Makes a table of one.</param>
    public static Expression Split(Expression value, Func<Expression, Expression> table)
    {
        ExpressionPool e = value.Pool;
        NumberType type = value.Operation == Operation.Literal ? value.Literal!.Type
            : value.Operation == Operation.Symbol ? NumberType.Int32
            : NumberType.Single;
        return type switch
        {
            NumberType.Double => Reals(3),
            NumberType.Int64 => Digits(4),

            // Numbers of tokens, and differences of them, are smaller than what a float holds.
            NumberType.Int32 when value.Operation == Operation.Symbol => Digits(1),
            NumberType.Int32 => Digits(2),
            _ when type.IsWhole() => Digits(1),
            _ => table(value),
        };

        Expression Reals(int count)
        {
            Expression rest = value;
            Expression? sum = null;
            for (int i = 0; i < count; i++)
            {
                // Of infinity nothing is left.
                Expression size = Compute(TermOperation.Abs, NumberType.Double, rest);
                Expression kept = Compute(TermOperation.Select, NumberType.Double, e.AtLeast(e.Constant(float.MaxValue), size), rest, e.Zero);
                Expression part = Convert(i == 0 ? rest : kept, NumberType.Double, NumberType.Single);
                Expression back = Convert(table(part), NumberType.Single, NumberType.Double);
                sum = sum is null ? back : Compute(TermOperation.Add, NumberType.Double, sum, back);
                rest = Compute(TermOperation.Subtract, NumberType.Double, rest, Convert(part, NumberType.Single, NumberType.Double));
            }

            return sum!;
        }

        Expression Digits(int count)
        {
            // The last digit is what is left, with its sign.
            Expression rest = value;
            Expression? sum = null;
            double unit = 1;
            for (int i = 0; i < count; i++)
            {
                bool isLast = i == count - 1;
                Expression digit = isLast ? rest : Compute(TermOperation.WholeRemainder, type, rest, e.Constant(Base));
                Expression part = Convert(table(Convert(digit, type, NumberType.Single)), NumberType.Single, type);
                Expression term = i == 0 ? part : Compute(TermOperation.Multiply, type, part, e.Constant(unit));
                sum = sum is null ? term : Compute(TermOperation.Add, type, sum, term);
                rest = isLast ? rest : Compute(TermOperation.WholeQuotient, type, rest, e.Constant(Base));
                unit *= Base;
            }

            return sum!;
        }

        Expression Compute(TermOperation operation, NumberType of, params Expression[] operands) =>
            e.Literal(new LiteralOperation(operation, of), operands);

        Expression Convert(Expression a, NumberType from, NumberType to) =>
            e.Literal(new LiteralOperation(TermOperation.Convert, to, from), a);
    }
}
