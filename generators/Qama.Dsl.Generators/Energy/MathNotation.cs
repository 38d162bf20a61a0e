using System.Globalization;

namespace Qama.Generators.Energy;

/// <summary>Expressions as a person reads mathematics: for summaries, descriptors and messages.</summary>
internal static class MathNotation
{
    public static string Write(Expression expression) => Write(expression, 0);

    /// <summary>A number with at most six significant digits.</summary>
    public static string Write(double value) => value.ToString("G6", CultureInfo.InvariantCulture).Replace("-", "−");

    private static string Write(Expression e, int outer)
    {
        return e.Operation switch
        {
            Operation.Constant => Wrap(Write(e.Value), e.Value < 0 ? 3 : 4),
            Operation.Symbol => e.Symbol!.Name,
            Operation.Negate => Wrap("−" + Operand(0, 2), 1),
            Operation.Add => Wrap(Operand(0, 1) + " + " + Operand(1, 1), 1),
            Operation.Subtract => Wrap(Operand(0, 1) + " − " + Operand(1, 2), 1),
            Operation.Multiply => Wrap(Operand(0, 2) + " " + Operand(1, 2), 2),
            Operation.Divide when SoftmaxOf(e) is { } argument => "softmax(" + Write(argument, 0) + ")",
            Operation.Divide => Wrap(Operand(0, 2) + " / " + Operand(1, 3), 2),
            Operation.Sum when e.Operands[0] is { Operation: Operation.Multiply } product
                && product.Operands[0].Operation == Operation.Symbol && product.Operands[1].Operation == Operation.Symbol =>
                product.Operands[0] == product.Operands[1]
                    ? "‖" + Write(product.Operands[0], 0) + "‖²"
                    : Wrap(Write(product.Operands[0], 4) + "·" + Write(product.Operands[1], 4), 2),
            Operation.Sum => Wrap("Σ_d " + Operand(0, 2), 2),
            Operation.Sqrt when IsSquaredNorm(e.Operands[0]) => "‖" + Write(e.Operands[0].Operands[0].Operands[0], 0) + "‖",
            Operation.Sqrt => "√(" + Operand(0, 0) + ")",
            Operation.Abs => "|" + Operand(0, 0) + "|",
            Operation.Detach => Operand(0, outer),
            Operation.AtLeast => "[" + Operand(0, 0) + " ≥ " + Operand(1, 0) + "]",
            Operation.Greater => "[" + Operand(0, 0) + " > " + Operand(1, 0) + "]",
            Operation.Select => "(" + Operand(0, 0) + " ? " + Operand(1, 0) + " : " + Operand(2, 0) + ")",
            Operation.Max => "max(" + Operand(0, 0) + ", " + Operand(1, 0) + ")",
            Operation.Min => "min(" + Operand(0, 0) + ", " + Operand(1, 0) + ")",
            Operation.Largest => "max_d(" + Operand(0, 0) + ")",
            Operation.Literal => Write(e.Pool.MeaningOf(e), outer),
            _ => e.Operation.ToString().ToLowerInvariant() + "(" + Operand(0, 0) + ")",
        };

        string Operand(int index, int precedence) => Write(e.Operands[index], precedence);

        string Wrap(string text, int precedence) => precedence < outer ? "(" + text + ")" : text;
    }

    /// <summary>a, where the expression is what <see cref="ExpressionPool.Softmax"/> made of it.</summary>
    private static Expression? SoftmaxOf(Expression quotient) =>
        quotient.Operands[0] is { Operation: Operation.Exp } exponential
        && quotient.Operands[1] is { Operation: Operation.Sum } sum && sum.Operands[0] == exponential
        && exponential.Operands[0] is { Operation: Operation.Subtract } shifted
        && shifted.Operands[1] is { Operation: Operation.Detach } detached
        && detached.Operands[0] is { Operation: Operation.Largest } largest && largest.Operands[0] == shifted.Operands[0]
            ? shifted.Operands[0]
            : null;

    private static bool IsSquaredNorm(Expression e) =>
        e is { Operation: Operation.Sum } && e.Operands[0] is { Operation: Operation.Multiply } product
        && product.Operands[0] == product.Operands[1] && product.Operands[0].Operation == Operation.Symbol;
}
