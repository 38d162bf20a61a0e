using System;
using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>Reverse-mode differentiation of expressions: one pass from the result to the inputs.</summary>
internal static class Differentiation
{
    /// <summary>Below this a square root's slope is cut off, so that the norm of a zero vector has gradient 0, not NaN.</summary>
    private const double SmallestRoot = 1e-30;

    /// <summary>A derivative goes into conditionals inside conditionals up to this depth: there is a copy of it for
    /// each.</summary>
    private const int DeepestConditional = 4;

    /// <summary>∂(Σ seed_r · root_r) / ∂input for every input, each with the input's own shape.</summary>
    /// <param name="roots">What is differentiated, each with the derivative of the loss with respect to it.</param>
    /// <param name="inputs">Nodes to differentiate by: symbols usually.</param>
    /// <remarks>A conditional has the derivative of the branch that is taken, and nothing passes into the other one, whatever its
    /// values and derivatives are: see <see cref="Pass"/>. At a tie of <see cref="Operation.Max"/> or <see cref="Operation.Min"/>
    /// the first operand counts, an absolute value has slope 1 at 0, and the elements that share the largest of a vector share its
    /// derivative equally.</remarks>
    public static IReadOnlyList<Expression> Gradient(
        IReadOnlyList<(Expression Root, Expression Seed)> roots, IReadOnlyList<Expression> inputs)
    {
        ExpressionPool pool = roots[0].Root.Pool;
        var adjoints = new Dictionary<Expression, Expression>();
        foreach ((Expression root, Expression seed) in roots)
        {
            Accumulate(root, seed);
        }

        foreach (Expression node in Walk.Above(roots.Select(r => r.Root), new HashSet<Expression>(inputs)).Reverse())
        {
            if (adjoints.TryGetValue(node, out Expression? adjoint))
            {
                Propagate(node, adjoint);
            }
        }

        return [.. inputs.Select(input => adjoints.TryGetValue(input, out Expression? a) ? a : pool.Zero)];

        void Accumulate(Expression node, Expression contribution)
        {
            adjoints[node] = adjoints.TryGetValue(node, out Expression? sum) ? Join(sum, contribution) : contribution;
        }

        void Propagate(Expression node, Expression g)
        {
            Expression a = node.Operands.Length > 0 ? node.Operands[0] : pool.Zero;
            Expression b = node.Operands.Length > 1 ? node.Operands[1] : pool.Zero;
            switch (node.Operation)
            {
                case Operation.Negate:
                    Give(a, Pass(g, x => -x));
                    break;
                case Operation.Add:
                    Give(a, g);
                    Give(b, g);
                    break;
                case Operation.Subtract:
                    Give(a, g);
                    Give(b, Pass(g, x => -x));
                    break;
                case Operation.Multiply:
                    Give(a, Pass(g, x => x * b));
                    Give(b, Pass(g, x => x * a));
                    break;
                case Operation.Divide:
                    Expression quotient = Pass(g, x => x / b);
                    Give(a, quotient);
                    Give(b, Pass(quotient, x => -(x * node)));
                    break;
                case Operation.Max:
                    Choose(pool.AtLeast(a, b), a, b);
                    break;
                case Operation.Min:
                    Choose(pool.AtLeast(b, a), a, b);
                    break;
                case Operation.Sqrt:
                    Give(a, Pass(g, x => x * (pool.Constant(0.5) / pool.Max(node, pool.Constant(SmallestRoot)))));
                    break;
                case Operation.Exp:
                    Give(a, Pass(g, x => x * node));
                    break;
                case Operation.Log:
                    Give(a, Pass(g, x => x / a));
                    break;
                case Operation.Tanh:
                    Give(a, Pass(g, x => x * (1 - node * node)));
                    break;
                case Operation.Sin:
                    Give(a, Pass(g, x => x * pool.Cos(a)));
                    break;
                case Operation.Cos:
                    Give(a, Pass(g, x => -(x * pool.Sin(a))));
                    break;
                case Operation.Select:
                    Choose(a, b, node.Operands[2]);
                    break;
                case Operation.Abs:
                    Give(a, Pass(g, x => x * (2 * pool.AtLeast(a, pool.Zero) - 1)));
                    break;
                case Operation.Sum:
                    Give(a, g);
                    break;
                case Operation.Largest:
                    Expression ties = pool.AtLeast(a, node);
                    Give(a, Pass(g, x => pool.Select(ties, x / pool.Sum(ties), pool.Zero)));
                    break;
                case Operation.Literal when node.Literal!.Type.IsReal():
                    // As what it means; the choice of a conditional is no part of it.
                    List<Expression> operands = [.. node.Operands.Distinct()];
                    IReadOnlyList<Expression> contributions = Gradient([(pool.MeaningOf(node), g)], operands);
                    for (int i = 0; i < operands.Count; i++)
                    {
                        Accumulate(operands[i], contributions[i]);
                    }

                    break;
                case Operation.Literal or Operation.Constant or Operation.Symbol or Operation.Detach or Operation.AtLeast or Operation.Greater
                    or Operation.Truncate:
                    break;
                default:
                    throw new InvalidOperationException($"No derivative of {node.Operation}.");
            }

            void Give(Expression operand, Expression contribution) =>
                // A scalar used along a vector collects from all dimensions.
                Accumulate(operand, node.IsVector && !operand.IsVector ? pool.Sum(contribution) : contribution);

            void Choose(Expression condition, Expression first, Expression second)
            {
                Give(first, pool.Select(condition, g, pool.Zero));
                Give(second, pool.Select(condition, pool.Zero, g));
            }
        }
    }

    /// <summary>An adjoint that was computed elsewhere and is exactly 0 where nothing depends on what it belongs to.</summary>
    public static Expression Guard(Expression adjoint) => adjoint.Pool.Select(adjoint, adjoint, adjoint.Pool.Zero);

    /// <summary>The adjoint times a derivative: 0 where the adjoint is 0 because another branch was taken, also where the
    /// derivative is infinite or undefined there. The product goes inside the conditional.</summary>
    /// <param name="adjoint">The adjoint.</param>
    /// <param name="times">Multiplies by the derivative: linear.</param>
    private static Expression Pass(Expression adjoint, Func<Expression, Expression> times)
    {
        if (adjoint.IsConstant(0) || !adjoint.IsGuarded)
        {
            return times(adjoint);
        }

        Expression a = adjoint.Operands[0];
        return adjoint.Operation switch
        {
            Operation.Select when a == adjoint.Operands[1] => adjoint.Pool.Select(a, times(a), adjoint.Pool.Zero),
            _ when adjoint.GuardDepth > DeepestConditional => Pass(Guard(adjoint), times),
            Operation.Select => adjoint.Pool.Select(a, Pass(adjoint.Operands[1], times), Pass(adjoint.Operands[2], times)),
            Operation.Negate => Pass(a, x => times(-x)),
            Operation.Multiply => Pass(adjoint.Operands[1], x => times(a * x)),
            _ => Pass(Guard(adjoint), times),
        };
    }

    /// <summary>The sum of two contributions; those of one conditional stay inside it.</summary>
    private static Expression Join(Expression a, Expression b, int depth = 0) =>
        depth < DeepestConditional && a.Operation == Operation.Select && b.Operation == Operation.Select
        && a.Operands[0] == b.Operands[0]
            ? a.Pool.Select(
                a.Operands[0], Join(a.Operands[1], b.Operands[1], depth + 1), Join(a.Operands[2], b.Operands[2], depth + 1))
            : a + b;
}
