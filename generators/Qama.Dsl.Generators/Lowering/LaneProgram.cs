using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>Where a lane program's result goes.</summary>
internal enum Sink
{
    /// <summary>Replaces the tokens of the lanes: a scalar row, or one row per dimension.</summary>
    Store,

    /// <summary>Adds to the tokens of the lanes.</summary>
    Add,

    /// <summary>Replaces one number of a pair: row i, the lanes' tokens j.</summary>
    StorePair,

    /// <summary>Adds the sum over j to token i.</summary>
    SumToRow,

    /// <summary>Adds the sum over all lanes to a learnable's gradient.</summary>
    SumToLearnable,
}

/// <summary>One result of a lane program.</summary>
/// <param name="Value">What is computed.</param>
/// <param name="Target">The memory it goes to.</param>
/// <param name="Sink">How it goes there.</param>
internal sealed record Output(Expression Value, Symbol Target, Sink Sink);

/// <summary>
/// Straight-line code over lanes of tokens: passes over the dimensions of the head, with numbers per token between them.
/// A pass ends where something needs a whole sum (or maximum) over dimensions: softmax is three passes, a dot product one.
/// </summary>
internal sealed class LaneProgram
{
    /// <summary>More passes than this do not compute the same vector again, however cheap it is: code and time would grow with
    /// the square of the passes.</summary>
    private const int MostComputed = 8;

    private LaneProgram(ImmutableArray<Output> outputs, ImmutableArray<Pass> passes, ImmutableArray<Expression> spilled)
    {
        Outputs = outputs;
        Passes = passes;
        Spilled = spilled;
    }

    public ImmutableArray<Output> Outputs { get; }

    public ImmutableArray<Pass> Passes { get; }

    /// <summary>Vectors worth keeping from one pass to a later one, in memory [HeadDim, lanes].</summary>
    public ImmutableArray<Expression> Spilled { get; }

    /// <summary>Symbols the program reads.</summary>
    public IEnumerable<Symbol> Reads => Walk.Nodes(Outputs.Select(o => o.Value))
        .Where(n => n.Operation == Operation.Symbol).Select(n => n.Symbol!);

    /// <summary>Memories it writes.</summary>
    public IEnumerable<Symbol> Writes => Outputs.Select(o => o.Target);

    public static LaneProgram Schedule(IEnumerable<Output> outputs)
    {
        ImmutableArray<Output> all = [.. outputs];
        Dictionary<Expression, int> levels = Levels(all);
        int last = all.Max(o => levels[o.Value]);
        var reductions = levels.Keys.Where(n => n.IsReduction).ToLookup(n => levels[n.Operands[0]]);
        var vectorOutputs = all.Where(o => o.Target.IsVector).ToLookup(o => levels[o.Value]);

        ILookup<int, Expression> scalars = levels.Where(p => !p.Key.IsVector && !p.Key.IsReduction)
            .ToLookup(p => p.Value, p => p.Key);
        Expression[][] roots =
        [
            .. Enumerable.Range(0, last + 1).Select(l => reductions[l].Select(r => r.Operands[0])
                .Concat(vectorOutputs[l].Select(o => o.Value)).ToArray()),
        ];
        HashSet<Expression> kept = Kept(roots);
        ImmutableArray<Expression> spilled = [.. kept.OrderBy(n => n.Id)];

        var passes = ImmutableArray.CreateBuilder<Pass>();
        var stored = new HashSet<Expression>();
        for (int l = 0; l <= last; l++)
        {
            ImmutableArray<Expression> ends = [.. reductions[l].OrderBy(n => n.Id)];
            ImmutableArray<Output> results = [.. vectorOutputs[l]];
            HashSet<Expression> vectors = VectorsNeeded(roots[l], stored);
            ImmutableArray<Expression> stores =
                [.. vectors.Where(v => kept.Contains(v) && !stored.Contains(v)).OrderBy(n => n.Id)];
            passes.Add(new Pass(
                [.. scalars[l].OrderBy(n => n.Id)], [.. vectors.OrderBy(n => n.Id)], ends, results, stores,
                [.. vectors.Where(stored.Contains)]));
            stored.UnionWith(stores);
        }

        return new LaneProgram(all, passes.ToImmutable(), spilled);
    }

    private static bool IsExpensive(Expression node) => node.IsVector && LaneParts.Fits(node) && (LaneParts.IsLaneByLane(node)
        || node is { Operation: Operation.Literal, Literal.Kind: TermOperation.Divide or TermOperation.Sqrt }
        || node.Operation is Operation.Exp or Operation.Log or Operation.Tanh or Operation.Sqrt or Operation.Divide);

    /// <summary>Vectors that several passes need and that are worth memory: expensive ones, and others that would be computed
    /// again and again.</summary>
    /// <param name="roots">What each pass computes.</param>
    private static HashSet<Expression> Kept(IEnumerable<Expression[]> roots)
    {
        var kept = new HashSet<Expression>();
        var known = new HashSet<Expression>();
        var uses = new Dictionary<Expression, int>();
        foreach (Expression[] ofPass in roots)
        {
            foreach (Expression vector in VectorsNeeded(ofPass, known))
            {
                int count = uses[vector] = (uses.TryGetValue(vector, out int before) ? before : 0) + 1;
                if (IsExpensive(vector) ? count > 1 : count > MostComputed && vector.Operation != Operation.Symbol && LaneParts.Fits(vector))
                {
                    kept.Add(vector);
                }

                if (IsExpensive(vector) || kept.Contains(vector))
                {
                    known.Add(vector);
                }
            }
        }

        return kept;
    }

    /// <summary>How many reductions over dimensions lie below each node.</summary>
    private static Dictionary<Expression, int> Levels(IEnumerable<Output> outputs)
    {
        var levels = new Dictionary<Expression, int>();
        foreach (Expression node in Walk.Nodes(outputs.Select(o => o.Value)))
        {
            int below = node.Operands.Select(o => levels[o]).DefaultIfEmpty(0).Max();
            levels[node] = node.IsReduction ? below + 1 : below;
        }

        return levels;
    }

    private static HashSet<Expression> VectorsNeeded(IEnumerable<Expression> roots, HashSet<Expression> available)
    {
        var needed = new HashSet<Expression>();
        var pending = new Stack<Expression>(roots);
        while (pending.Count > 0)
        {
            Expression node = pending.Pop();
            if (node.IsVector && needed.Add(node) && !available.Contains(node))
            {
                foreach (Expression operand in node.Operands)
                {
                    pending.Push(operand);
                }
            }
        }

        return needed;
    }
}

/// <summary>One loop over the dimensions of the head, and what comes before it.</summary>
/// <param name="Scalars">Numbers per token that can be computed before the loop, in order.</param>
/// <param name="Vectors">What the loop computes, in order.</param>
/// <param name="Reductions">Sums and maxima the loop finishes.</param>
/// <param name="Results">Vector results the loop produces.</param>
/// <param name="Stores">Vectors the loop keeps for later passes.</param>
/// <param name="Loads">Vectors kept by earlier passes.</param>
internal sealed record Pass(
    ImmutableArray<Expression> Scalars, ImmutableArray<Expression> Vectors, ImmutableArray<Expression> Reductions,
    ImmutableArray<Output> Results, ImmutableArray<Expression> Stores, ImmutableArray<Expression> Loads)
{
    public bool HasLoop => Reductions.Length > 0 || Results.Length > 0;
}
