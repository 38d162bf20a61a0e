using System;
using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>Reverse-mode differentiation of expressions: one pass from the result to the inputs.</summary>
internal static class Differentiation
{
    /// <summary>Below this a square root's slope is cut off, so that the norm of a zero vector has gradient 0, not NaN.</summary>
    private const double SmallestRoot = 1e-30;

    /// <summary>∂(Σ seed_r · root_r) / ∂input for every input, each with the input's own shape.</summary>
    /// <param name="roots">What is differentiated, each with the derivative of the loss with respect to it.</param>
    /// <param name="inputs">Nodes to differentiate by: symbols usually.</param>
    /// <remarks>A conditional expression has the derivative of the branch that is taken. Where a maximum or an absolute value has a corner the subgradient of the first operand is taken; ties of
    /// <see cref="Operation.Largest"/> each receive the whole gradient.</remarks>
    public static IReadOnlyList<Expression> Gradient(
        IReadOnlyList<(Expression Root, Expression Seed)> roots, IReadOnlyList<Expression> inputs)
    {
        ExpressionPool pool = roots[0].Root.Pool;
        var adjoints = new Dictionary<Expression, Expression>();
        foreach ((Expression root, Expression seed) in roots)
        {
            Accumulate(root, seed);
        }

        foreach (Expression node in Reachable(roots.Select(r => r.Root)).OrderByDescending(n => n.Id))
        {
            if (adjoints.TryGetValue(node, out Expression? adjoint) && !inputs.Contains(node))
            {
                Propagate(node, adjoint);
            }
        }

        return [.. inputs.Select(input => adjoints.TryGetValue(input, out Expression? a) ? a : pool.Zero)];

        void Accumulate(Expression node, Expression contribution)
        {
            adjoints[node] = adjoints.TryGetValue(node, out Expression? sum) ? sum + contribution : contribution;
        }

        void Propagate(Expression node, Expression g)
        {
            Expression a = node.Operands.Length > 0 ? node.Operands[0] : pool.Zero;
            Expression b = node.Operands.Length > 1 ? node.Operands[1] : pool.Zero;
            switch (node.Operation)
            {
                case Operation.Negate:
                    Give(a, -g);
                    break;
                case Operation.Add:
                    Give(a, g);
                    Give(b, g);
                    break;
                case Operation.Subtract:
                    Give(a, g);
                    Give(b, -g);
                    break;
                case Operation.Multiply:
                    Give(a, g * b);
                    Give(b, g * a);
                    break;
                case Operation.Divide:
                    Expression quotient = g / b;
                    Give(a, quotient);
                    Give(b, -(quotient * node));
                    break;
                case Operation.Max:
                    Choose(pool.AtLeast(a, b));
                    break;
                case Operation.Min:
                    Choose(pool.AtLeast(b, a));
                    break;
                case Operation.Sqrt:
                    Give(a, g * (pool.Constant(0.5) / pool.Max(node, pool.Constant(SmallestRoot))));
                    break;
                case Operation.Exp:
                    Give(a, g * node);
                    break;
                case Operation.Log:
                    Give(a, g / a);
                    break;
                case Operation.Tanh:
                    Give(a, g * (1 - node * node));
                    break;
                case Operation.Sin:
                    Give(a, g * pool.Cos(a));
                    break;
                case Operation.Cos:
                    Give(a, -(g * pool.Sin(a)));
                    break;
                case Operation.Select:
                    Give(b, pool.Select(a, g, pool.Zero));
                    Give(node.Operands[2], pool.Select(a, pool.Zero, g));
                    break;
                case Operation.Abs:
                    Give(a, g * (2 * pool.AtLeast(a, pool.Zero) - 1));
                    break;
                case Operation.Sum:
                    Give(a, g);
                    break;
                case Operation.Largest:
                    Give(a, g * pool.AtLeast(a, node));
                    break;
                case Operation.Constant or Operation.Symbol or Operation.Detach or Operation.AtLeast
                    or Operation.Truncate:
                    break;
                default:
                    throw new InvalidOperationException($"No derivative of {node.Operation}.");
            }

            void Give(Expression operand, Expression contribution) =>
                // A scalar used along a vector collects from all dimensions.
                Accumulate(operand, node.IsVector && !operand.IsVector ? pool.Sum(contribution) : contribution);

            void Choose(Expression first)
            {
                Give(a, g * first);
                Give(b, g * (1 - first));
            }
        }
    }

    /// <summary>Every node the roots are made of.</summary>
    public static IReadOnlyCollection<Expression> Reachable(IEnumerable<Expression> roots)
    {
        var seen = new HashSet<Expression>();
        var pending = new Stack<Expression>(roots);
        while (pending.Count > 0)
        {
            Expression node = pending.Pop();
            if (seen.Add(node))
            {
                foreach (Expression operand in node.Operands)
                {
                    pending.Push(operand);
                }
            }
        }

        return seen;
    }
}
