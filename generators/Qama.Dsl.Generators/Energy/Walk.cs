using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>The ways to go through expressions: every node once, and without recursion. An expression is a graph; the tree it
/// stands for can be exponentially larger, and deeper than a thread's stack.</summary>
internal static class Walk
{
    /// <summary>Every node the roots are made of, in order of creation: operands before what they are used in.</summary>
    /// <param name="roots">Where the walk starts.</param>
    /// <param name="parts">What is visited of a node; its operands where this is left out.</param>
    public static IReadOnlyList<Expression> Nodes(
        IEnumerable<Expression> roots, Func<Expression, ImmutableArray<Expression>>? parts = null)
    {
        var seen = new HashSet<Expression>();
        var pending = new Stack<Expression>(roots);
        while (pending.Count > 0)
        {
            Expression node = pending.Pop();
            if (seen.Add(node))
            {
                node.Pool.Budget.Spend();
                foreach (Expression part in parts is null ? node.Operands : parts(node))
                {
                    pending.Push(part);
                }
            }
        }

        List<Expression> nodes = [.. seen];
        nodes.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return nodes;
    }

    /// <summary>The nodes that roots are made of down to some others: without those, and what only they are made of.</summary>
    public static IEnumerable<Expression> Above(IEnumerable<Expression> roots, ICollection<Expression> ends) =>
        Nodes(roots, node => ends.Contains(node) ? [] : node.Operands).Where(node => !ends.Contains(node));

    /// <summary>The nodes of what a literal operation means.</summary>
    public static IEnumerable<Expression> Above(Expression meaning, ImmutableArray<Expression> operands) => Above([meaning], operands);

    /// <summary>The value of a node that is made of the values of its parts, each computed once, in the order of a recursion.</summary>
    /// <param name="root">The node.</param>
    /// <param name="done">The values that are known; receives those of all parts.</param>
    /// <param name="parts">What a node's value is made of.</param>
    /// <param name="compute">Computes a node's value when those of its parts are in <paramref name="done"/>.</param>
    public static T Fold<T>(
        Expression root, Dictionary<Expression, T> done, Func<Expression, ImmutableArray<Expression>> parts,
        Func<Expression, T> compute)
    {
        if (done.TryGetValue(root, out T? known))
        {
            return known;
        }

        var open = new Stack<Expression>();
        open.Push(root);
        while (open.Count > 0)
        {
            Expression node = open.Peek();
            int before = open.Count;
            if (!done.ContainsKey(node))
            {
                ImmutableArray<Expression> all = parts(node);
                for (int i = all.Length - 1; i >= 0; i--)
                {
                    if (!done.ContainsKey(all[i]))
                    {
                        open.Push(all[i]);
                    }
                }
            }

            if (open.Count == before)
            {
                if (!done.ContainsKey(node))
                {
                    node.Pool.Budget.Spend();
                    done[node] = compute(node);
                }

                open.Pop();
            }
        }

        return done[root];
    }
}
