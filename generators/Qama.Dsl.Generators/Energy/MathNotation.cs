using System.Globalization;
using System.Text;

namespace Qama.Generators.Energy;

/// <summary>Expressions as a person reads mathematics: for summaries, descriptors and messages.</summary>
internal static class MathNotation
{
    /// <summary>Longer text is cut: as text, an expression can be far larger than as a graph.</summary>
    private const int Longest = 2000;

    /// <summary>Parts that are farther down are left out.</summary>
    private const int Deepest = 64;

    private const char Omitted = '…';

    public static string Write(Expression expression)
    {
        var text = new StringBuilder();
        Write(text, expression, 0, 0);
        return text.Length <= Longest ? text.ToString() : text.ToString(0, Longest) + " " + Omitted;
    }

    /// <summary>A number with at most six significant digits.</summary>
    public static string Write(double value) => value.ToString("G6", CultureInfo.InvariantCulture).Replace("-", "−");

    private static void Write(StringBuilder text, Expression e, int outer, int depth)
    {
        if (text.Length > Longest)
        {
            return;
        }

        if (depth > Deepest)
        {
            text.Append(Omitted);
            return;
        }

        switch (e.Operation)
        {
            case Operation.Constant:
                Wrapped(e.Value < 0 ? 3 : 4, Write(e.Value));
                break;
            case Operation.Symbol:
                text.Append(e.Symbol!.Name);
                break;
            case Operation.Negate:
                Wrapped(1, "−", (0, 2));
                break;
            case Operation.Add:
                Wrapped(1, (0, 1), " + ", (1, 1));
                break;
            case Operation.Subtract:
                Wrapped(1, (0, 1), " − ", (1, 2));
                break;
            case Operation.Multiply:
                Wrapped(2, (0, 2), " ", (1, 2));
                break;
            case Operation.Divide when SoftmaxOf(e) is { } argument:
                Parts("softmax(", new Part(argument, 0), ")");
                break;
            case Operation.Divide:
                Wrapped(2, (0, 2), " / ", (1, 3));
                break;
            case Operation.Sum when IsSquaredNorm(e):
                Parts("‖", new Part(e.Operands[0].Operands[0], 0), "‖²");
                break;
            case Operation.Sum when e.Operands[0] is { Operation: Operation.Multiply } product
                && product.Operands[0].Operation == Operation.Symbol && product.Operands[1].Operation == Operation.Symbol:
                Wrapped(2, new Part(product.Operands[0], 4), "·", new Part(product.Operands[1], 4));
                break;
            case Operation.Sum:
                Wrapped(2, "Σ_d ", (0, 2));
                break;
            case Operation.Sqrt when IsSquaredNorm(e.Operands[0]):
                Parts("‖", new Part(e.Operands[0].Operands[0].Operands[0], 0), "‖");
                break;
            case Operation.Sqrt:
                Parts("√(", (0, 0), ")");
                break;
            case Operation.Abs:
                Parts("|", (0, 0), "|");
                break;
            case Operation.Detach:
                Parts((0, outer));
                break;
            case Operation.AtLeast:
                Parts("[", (0, 0), " ≥ ", (1, 0), "]");
                break;
            case Operation.Greater:
                Parts("[", (0, 0), " > ", (1, 0), "]");
                break;
            case Operation.Select:
                Parts("(", (0, 0), " ? ", (1, 0), " : ", (2, 0), ")");
                break;
            case Operation.Max or Operation.Min:
                Parts(Word(), "(", (0, 0), ", ", (1, 0), ")");
                break;
            case Operation.Literal:
                Write(text, e.Pool.MeaningOf(e), outer, depth);
                break;
            case Operation.Largest:
                Parts("max_d(", (0, 0), ")");
                break;
            default:
                Parts(Word(), "(", (0, 0), ")");
                break;
        }

        string Word() => e.Operation.ToString().ToLowerInvariant();

        void Wrapped(int precedence, params Part[] parts)
        {
            if (precedence < outer)
            {
                text.Append('(');
                Parts(parts);
                text.Append(')');
            }
            else
            {
                Parts(parts);
            }
        }

        void Parts(params Part[] parts)
        {
            foreach (Part part in parts)
            {
                if (part.Text is { } word)
                {
                    text.Append(word);
                }
                else
                {
                    Write(text, part.Node ?? e.Operands[part.Index], part.Precedence, depth + 1);
                }
            }
        }
    }

    /// <summary>A word, or an expression inside another: an operand, or a part farther down.</summary>
    private readonly record struct Part(string? Text, Expression? Node, int Index, int Precedence)
    {
        public Part(Expression node, int precedence)
            : this(null, node, 0, precedence)
        {
        }

        public static implicit operator Part(string text) => new(text, null, 0, 0);

        public static implicit operator Part((int Index, int Precedence) operand) =>
            new(null, null, operand.Index, operand.Precedence);
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
