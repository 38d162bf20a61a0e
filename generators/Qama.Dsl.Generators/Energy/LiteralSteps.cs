using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>The steps of a term exactly as C# computes them, vectors as <c>Vec</c> does: element after element, dot products as one
/// chain of fused multiply-adds.</summary>
internal static class LiteralSteps
{
    /// <summary>Every step as an expression.</summary>
    public static Expression[] Build(TermCode code, ExpressionPool pool, IReadOnlyList<Expression> inputs)
    {
        var built = new Expression[code.Steps.Count];
        for (int i = 0; i < built.Length; i++)
        {
            TermStep step = code.Steps[i];
            built[i] = step.Operation switch
            {
                TermOperation.Constant => pool.Constant(step.Value),
                TermOperation.Input => inputs[(int)step.Value],
                TermOperation.Dimension => pool.Constant(pool.Dimension),
                _ => Build(pool, code, step, [.. step.Operands.Select(o => built[o])]),
            };
        }

        return built;
    }

    /// <summary>What comparisons and whole numbers depend on.</summary>
    public static HashSet<Expression> Decisive(TermCode code, Expression[] literals) => [.. Walk.Nodes(
        code.Steps.Where(s => !s.Type.IsReal()).SelectMany(s => s.Operands).Select(o => literals[o]))];

    private static Expression Build(ExpressionPool e, TermCode code, TermStep step, Expression[] o)
    {
        if (step.Type == NumberType.Truth && step.Operation != TermOperation.Throw)
        {
            return Condition(e, step.Operation, o);
        }

        return step.Operation switch
        {
            TermOperation.Select when o[0].Operation == Operation.Constant => o[0].Value != 0 ? o[1] : o[2],
            TermOperation.Convert => e.Literal(
                new LiteralOperation(TermOperation.Convert, step.Type, code.Steps[step.Operands[0]].Type, step.IsChecked), o),
            TermOperation.Relu => Single(TermOperation.Max, o[0], e.Zero),
            TermOperation.Square => Single(TermOperation.Multiply, o[0], o[0]),
            TermOperation.Sigmoid => Sigmoid(o[0]),
            TermOperation.Clamp when o[0].IsVector => Single(TermOperation.Min, Single(TermOperation.Max, o[0], o[1]), o[2]),
            TermOperation.Sum => Sum(o[0]),
            TermOperation.Mean => Mean(o[0]),
            TermOperation.Largest => e.Largest(o[0]),
            TermOperation.Smallest => -e.Largest(-o[0]),
            TermOperation.Dot => Dot(o[0], o[1]),
            TermOperation.SquaredNorm => Dot(o[0], o[0]),
            TermOperation.Norm => Single(TermOperation.Sqrt, Dot(o[0], o[0])),
            TermOperation.SquaredDistance => SquaredDistance(o[0], o[1]),
            TermOperation.Softmax => Softmax(o[0]),
            TermOperation.LogSumExp => LogSumExp(o[0]),
            _ => e.Literal(new LiteralOperation(step.Operation, step.Type, step.Type, step.IsChecked), o),
        };

        Expression Single(TermOperation operation, params Expression[] operands) =>
            e.Literal(new LiteralOperation(operation, NumberType.Single), operands);

        // A vector of equal numbers, from a learnable that a penalty does not learn, is one of them.
        Expression Sum(Expression a) => a.IsVector
            ? e.Sum(a)
            : Enumerable.Repeat(a, e.Dimension).Aggregate(e.Zero, (sum, x) => Single(TermOperation.Add, sum, x));

        Expression Dot(Expression a, Expression b) => a.IsVector || b.IsVector
            ? e.Dot(a, b)
            : Enumerable.Repeat(a, e.Dimension).Aggregate(e.Zero, (sum, x) => Single(TermOperation.FusedMultiplyAdd, x, b, sum));

        Expression Mean(Expression a) => Single(TermOperation.Divide, Sum(a), e.Constant(e.Dimension));

        Expression SquaredDistance(Expression a, Expression b)
        {
            Expression difference = Single(TermOperation.Subtract, a, b);
            return Dot(difference, difference);
        }

        Expression Sigmoid(Expression a)
        {
            Expression exponential = Single(TermOperation.Exp, Single(TermOperation.Negate, Single(TermOperation.Abs, a)));
            Expression numerator = Single(TermOperation.Select, e.Greater(e.Zero, a), exponential, e.One);
            return Single(TermOperation.Divide, numerator, Single(TermOperation.Add, e.One, exponential));
        }

        Expression Softmax(Expression a)
        {
            Expression exponential = Single(TermOperation.Exp, Single(TermOperation.Subtract, a, e.Detach(e.Largest(a))));
            return Single(TermOperation.Divide, exponential, Sum(exponential));
        }

        Expression LogSumExp(Expression a)
        {
            Expression largest = e.Detach(e.Largest(a));
            Expression sum = Sum(Single(TermOperation.Exp, Single(TermOperation.Subtract, a, largest)));
            Expression infinite = e.Greater(Single(TermOperation.Abs, largest), e.Constant(float.MaxValue));
            return Single(
                TermOperation.Select, infinite, largest, Single(TermOperation.Add, largest, Single(TermOperation.Log, sum)));
        }
    }

    /// <summary>Conditions are 1 or 0. Of positions the second operand is not computed where the first decides: it may throw.</summary>
    private static Expression Condition(ExpressionPool e, TermOperation operation, Expression[] o) => operation switch
    {
        TermOperation.And when o[0].IsPositional && o[1].IsPositional => e.Select(o[0], o[1], e.Zero),
        TermOperation.Or when o[0].IsPositional && o[1].IsPositional => e.Select(o[0], e.One, o[1]),
        _ => TermCode.Build(e, operation, o),
    };
}
