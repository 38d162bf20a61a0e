// Compiled twice: into the runtime and into the generator.
#if QAMA_GENERATOR
namespace Qama.Generators.Contract;

using System;
using Qama.Generators.Vocabulary;
#else
namespace Qama.Contract;
#endif

/// <summary>Which keys the queries of a layer with a selection per query see, and which of them a selection holds. Every range is
/// contiguous: its first element, and the one behind its last.</summary>
/// <param name="Queries">Number of queries, 1 or more.</param>
/// <param name="Keys">Number of keys, 1 or more.</param>
/// <param name="Block">Consecutive queries that share a selection, 1 or more.</param>
/// <param name="Unit">Consecutive keys that are selected together, 1 or more.</param>
/// <param name="Mask">Which keys a query sees.</param>
/// <param name="Size">Size of a window or a block of the mask, 1 or more there.</param>
internal readonly record struct QueryShape(int Queries, int Keys, int Block, int Unit, MaskPattern Mask, int Size)
{
    /// <summary>Problems of a sample: blocks of queries.</summary>
    public int Problems => (int)((Queries + (long)Block - 1) / Block);

    /// <summary>Units that all keys make; the last may be shorter.</summary>
    public int Units => (int)((Keys + (long)Unit - 1) / Unit);

    /// <summary>Whether every problem's candidates begin with the first unit.</summary>
    public bool StartsAtZero => Mask is MaskPattern.All or MaskPattern.Causal;

    /// <summary>The most units that a problem holds, at least 1: what makes a problem's shape.</summary>
    public int Candidates
    {
        get
        {
            int most = 1;
            for (int problem = StartsAtZero ? Problems - 1 : 0; problem < Problems; problem++)
            {
                (int first, int end) = UnitsOf(problem);
                most = Math.Max(most, end - first);
            }

            return most;
        }
    }

    /// <summary>The keys that a query may read.</summary>
    public (int First, int End) KeysSeenBy(int query) => Mask switch
    {
        MaskPattern.Causal => (0, Math.Min(Keys, query + 1)),
        MaskPattern.Window => ((int)Math.Max(0, (long)query - Size), (int)Math.Min(Keys, (long)query + Size + 1)),
        MaskPattern.Block => (query / Size * Size, (int)Math.Min(Keys, ((long)(query / Size) + 1) * Size)),
        _ => (0, Keys),
    };

    /// <summary>The queries of a problem.</summary>
    public (int First, int End) QueriesOf(int problem) => (problem * Block, (int)Math.Min(Queries, (problem + 1L) * Block));

    /// <summary>The queries that ask for a problem's selection: those of the block; behind a causal mask its first, the only one that none of
    /// the others comes after.</summary>
    public (int First, int End) AskingOf(int problem)
    {
        (int first, int end) = QueriesOf(problem);
        return (first, Mask == MaskPattern.Causal ? first + 1 : end);
    }

    /// <summary>The units that a problem selects among: those whose keys all its queries see; behind a causal mask no key of a block of
    /// several queries itself.</summary>
    public (int First, int End) UnitsOf(int problem)
    {
        (int firstQuery, int endQuery) = QueriesOf(problem);
        (int low, int high) = (KeysSeenBy(endQuery - 1).First, KeysSeenBy(firstQuery).End);
        high = Mask == MaskPattern.Causal && Block > 1 ? Math.Min(Keys, firstQuery) : high;
        int first = (int)((low + (long)Unit - 1) / Unit);
        int end = high == Keys ? Units : high / Unit;
        return (first, Math.Max(first, end));
    }

    /// <summary>The keys of a range of units.</summary>
    public (int First, int End) KeysOf(int firstUnit, int endUnit) =>
        ((int)Math.Min(Keys, (long)firstUnit * Unit), (int)Math.Min(Keys, (long)endUnit * Unit));
}
