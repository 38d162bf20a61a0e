using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>One step of a term's code.</summary>
/// <param name="Operation">What it computes.</param>
/// <param name="Operands">The steps it computes it from, all earlier ones.</param>
/// <param name="Value">The number of a constant, or which input it is.</param>
/// <param name="Place">Where it was written: one of the term's places.</param>
/// <param name="Type">The C# type of its value, of a vector's elements.</param>
/// <param name="IsChecked">Whether whole numbers that overflow throw.</param>
internal sealed record TermStep(
    TermOperation Operation, EquatableArray<int> Operands, double Value, int Place, NumberType Type, bool IsChecked = false);

/// <summary>
/// The body of a term as straight-line code: calls inlined, locals resolved, branches turned into selections. Compared by
/// content and independent of HeadDim; the last step is the result.
/// </summary>
/// <param name="Steps">In order of computation.</param>
internal sealed record TermCode(EquatableArray<TermStep> Steps)
{
    /// <summary>The result as an expression.</summary>
    public Expression Build(ExpressionPool pool, IReadOnlyList<Expression> inputs) => BuildSteps(pool, inputs)[Steps.Count - 1];

    /// <summary>Every step as an expression.</summary>
    /// <remarks>What positions, comparisons and whole numbers are made of is computed literally: in C#'s types and in the order that
    /// was written, so that a table holds what the method returns and every comparison has the method's result. The rest may be
    /// simplified and summed in another order.</remarks>
    public Expression[] BuildSteps(ExpressionPool pool, IReadOnlyList<Expression> inputs)
    {
        Expression[] literals = LiteralSteps.Build(this, pool, inputs);
        HashSet<Expression> decisive = LiteralSteps.Decisive(this, literals);
        var built = new Expression[Steps.Count];
        for (int i = 0; i < built.Length; i++)
        {
            TermStep step = Steps[i];
            built[i] = step.Operands.Count == 0 || literals[i].IsPositional || !step.Type.IsReal() || decisive.Contains(literals[i])
                ? literals[i]
                : Build(pool, step.Operation, [.. step.Operands.Select(o => built[o])]);
        }

        return built;
    }

    /// <summary>How many operations the result takes, equal ones counted once, and how many sums or maxima over the dimensions
    /// are inside one another.</summary>
    /// <param name="vectors">Which inputs are vectors.</param>
    public (int Operations, int Sums) Measure(IReadOnlyList<bool> vectors)
    {
        // A dimension of 2 stands for all.
        var pool = new ExpressionPool(2);
        Expression result = Build(pool, [.. vectors.Select((isVector, i) => pool.Symbol(
            new Symbol(i.ToString(CultureInfo.InvariantCulture), SymbolRole.Learnable, isVector, Tokens.None)))]);
        var sums = new Dictionary<Expression, int>();
        IReadOnlyList<Expression> nodes = Walk.Nodes([result]);
        foreach (Expression node in nodes)
        {
            sums.Add(node, node.Operands.Select(o => sums[o]).DefaultIfEmpty(0).Max() + (node.IsReduction ? 1 : 0));
        }

        return (nodes.Count, sums[result]);
    }

    /// <summary>What an operation means for real numbers.</summary>
    public static Expression Meaning(ExpressionPool e, LiteralOperation operation, IReadOnlyList<Expression> o) =>
        operation.Kind == TermOperation.Convert && operation.Type.IsWhole() && operation.Source.IsReal() ? e.Truncate(o[0])
        : operation.Kind == TermOperation.Throw ? e.Constant(double.NaN)
        : Build(e, operation.Kind, o);

    /// <summary>Which inputs the result was written with.</summary>
    public IEnumerable<int> InputsUsed
    {
        get
        {
            var used = new bool[Steps.Count];
            used[Steps.Count - 1] = true;
            for (int i = Steps.Count - 1; i >= 0; i--)
            {
                if (!used[i])
                {
                    continue;
                }

                foreach (int operand in Steps[i].Operands)
                {
                    used[operand] = true;
                }

                if (Steps[i].Operation == TermOperation.Input)
                {
                    yield return (int)Steps[i].Value;
                }
            }
        }
    }

    internal static Expression Build(ExpressionPool e, TermOperation operation, IReadOnlyList<Expression> o) => operation switch
    {
        TermOperation.Negate => -o[0],
        TermOperation.Add => o[0] + o[1],
        TermOperation.Subtract => o[0] - o[1],
        TermOperation.Multiply => o[0] * o[1],
        TermOperation.Divide => o[0] / o[1],
        TermOperation.WholeQuotient => e.Truncate(o[0] / o[1]),
        TermOperation.WholeRemainder => o[0] - o[1] * e.Truncate(o[0] / o[1]),
        TermOperation.Convert => o[0],
        TermOperation.Abs => e.Abs(o[0]),
        TermOperation.Sqrt => e.Sqrt(o[0]),
        TermOperation.Exp => e.Exp(o[0]),
        TermOperation.Log => e.Log(o[0]),
        TermOperation.Log2 => e.Log2(o[0]),
        TermOperation.Log10 => (1 / Math.Log(10)) * e.Log(o[0]),
        TermOperation.LogOfBase => e.Log(o[0]) / e.Log(o[1]),
        TermOperation.Tanh => e.Tanh(o[0]),
        TermOperation.Sinh => 0.5 * (e.Exp(o[0]) - e.Exp(-o[0])),
        TermOperation.Cosh => 0.5 * (e.Exp(o[0]) + e.Exp(-o[0])),
        TermOperation.Sin => e.Sin(o[0]),
        TermOperation.Cos => e.Cos(o[0]),
        TermOperation.Tan => e.Sin(o[0]) / e.Cos(o[0]),
        TermOperation.Sigmoid => e.Sigmoid(o[0]),
        TermOperation.Relu => e.Max(o[0], e.Zero),
        TermOperation.Square => o[0] * o[0],
        TermOperation.Max => e.Max(o[0], o[1]),
        TermOperation.Min => e.Min(o[0], o[1]),
        TermOperation.Clamp => e.Min(e.Max(o[0], o[1]), o[2]),
        TermOperation.Power => Power(e, o[0], o[1]),
        TermOperation.FusedMultiplyAdd => o[0] * o[1] + o[2],
        TermOperation.Sum => e.Sum(o[0]),
        TermOperation.Mean => e.Mean(o[0]),
        TermOperation.Largest => e.Largest(o[0]),
        TermOperation.Smallest => -e.Largest(-o[0]),
        TermOperation.Dot => e.Dot(o[0], o[1]),
        TermOperation.Norm => e.Norm(o[0]),
        TermOperation.SquaredNorm => e.Dot(o[0], o[0]),
        TermOperation.SquaredDistance => e.Dot(o[0] - o[1], o[0] - o[1]),
        TermOperation.Softmax => e.Softmax(o[0]),
        TermOperation.LogSumExp => e.LogSumExp(o[0]),
        TermOperation.AtLeast => e.AtLeast(o[0], o[1]),
        TermOperation.Greater => e.Greater(o[0], o[1]),
        TermOperation.AtMost => e.AtLeast(o[1], o[0]),
        TermOperation.Less => e.Greater(o[1], o[0]),
        TermOperation.Equal => e.AtLeast(o[0], o[1]) * e.AtLeast(o[1], o[0]),
        TermOperation.NotEqual => ExpressionPool.Not(e.AtLeast(o[0], o[1]) * e.AtLeast(o[1], o[0])),
        TermOperation.And => o[0] * o[1],
        TermOperation.Or => e.Max(o[0], o[1]),
        TermOperation.Not => ExpressionPool.Not(o[0]),
        TermOperation.Select => e.Select(o[0], o[1], o[2]),
        _ => throw new InvalidOperationException($"Unknown operation {operation}."),
    };

    /// <summary>Whole powers multiply; others are exp(b log a), which needs a &gt; 0.</summary>
    private static Expression Power(ExpressionPool e, Expression a, Expression b) =>
        b.Operation != Operation.Constant ? e.Exp(b * e.Log(a))
        : b.Value == Math.Floor(b.Value) && Math.Abs(b.Value) <= 32 ? e.Power(a, (int)b.Value)
        : b.Value == 0.5 ? e.Sqrt(a)
        : e.Exp(b * e.Log(a));
}
