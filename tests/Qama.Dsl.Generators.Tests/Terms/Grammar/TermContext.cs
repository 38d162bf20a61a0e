namespace Qama.Generators.Tests.Terms.Grammar;

/// <summary>One pair of tokens at which a term is evaluated, and what is notable there.</summary>
internal sealed class TermContext(Tracked[] query, Tracked[] key, Tracked a, Tracked[] w, TokenPair pair)
{
    /// <summary>Relative rounding error in single precision.</summary>
    public const double Unit = 1.0 / (1 << 24);

    /// <summary>Longest step of the central differences.</summary>
    public const double Step = 1e-5;

    private readonly Dictionary<TermNode, Tracked[]> _done = new(ReferenceEqualityComparer.Instance);

    public Tracked[] Query { get; } = query;

    public Tracked[] Key { get; } = key;

    public Tracked A { get; } = a;

    public Tracked[] W { get; } = w;

    public TokenPair Pair { get; } = pair;

    /// <summary>Whether rounding in single precision might take another branch.</summary>
    public bool IsUndecided { get; private set; }

    /// <summary>Whether a step might cross a corner or a jump.</summary>
    public bool IsNearCorner { get; private set; }

    public Tracked[] Evaluate(TermNode node)
    {
        if (!_done.TryGetValue(node, out Tracked[]? value))
        {
            value = [.. node.Word.Value(index => Evaluate(node.Operands[index]), this).Select(v => v with { IsTable = node.IsPositional })];
            _done.Add(node, value);
        }

        return value;
    }

    /// <summary>Whether a comparison holds; equal numbers that are the same whatever happens are no corner.</summary>
    public bool Compare(Tracked a, Tracked b, Func<double, double, bool> holds)
    {
        NoteCorner(a, b);
        IsUndecided |= a.Error + b.Error > 0 && Math.Abs(a.Value - b.Value) <= 4 * Unit * (a.Error + b.Error);
        return holds(a.Value, b.Value);
    }

    /// <summary>The larger one, the first where they are equal.</summary>
    public Tracked Max(Tracked a, Tracked b)
    {
        NoteCorner(a, b);
        return (a.Value >= b.Value ? a : b) with { Error = Math.Max(a.Error, b.Error) };
    }

    public Tracked Min(Tracked a, Tracked b) => -Max(-a, -b);

    public Tracked Abs(Tracked a) => Max(a, -a);

    public Tracked Largest(Tracked[] v) => v.Aggregate(Max);

    private void NoteCorner(Tracked a, Tracked b) =>
        IsNearCorner |= a.Slope != b.Slope && !(Math.Abs(a.Value - b.Value) > 8 * Step * Math.Abs(a.Slope - b.Slope));
}
