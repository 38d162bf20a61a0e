using Qama.Generators.Energy;

namespace Qama.Generators.Tests.Energy;

/// <summary>Values and directions for the symbols of <see cref="Tree"/>, the same each time for one tree.</summary>
internal sealed class RandomPoint
{
    private readonly double[][] _values;

    public RandomPoint(Tree tree)
    {
        var random = new Random(StableHash(tree.ToString()));
        double[] Draw(Symbol s) =>
            [.. Enumerable.Range(0, s.IsVector ? Tree.Dimension : 1).Select(_ => (random.NextDouble() * 4) - 1)];
        _values = [.. Tree.Symbols.Select(Draw)];
        Directions = [.. Tree.Symbols.Select(Draw)];
        Evaluator = new Evaluator(s => _values[Array.IndexOf(Tree.Symbols, s)]);
    }

    public double[][] Directions { get; }

    public Evaluator Evaluator { get; }

    public double[] Values(Symbol symbol) => _values[Array.IndexOf(Tree.Symbols, symbol)];

    public Dual[] Duals(int symbol) => [.. _values[symbol].Zip(Directions[symbol], (v, d) => new Dual(v, d))];

    public Dual[] Shifted(int symbol, double by) =>
        [.. _values[symbol].Zip(Directions[symbol], (v, d) => new Dual(v + (by * d), 0))];

    /// <summary>Whether every part of the formula that counts has a finite value here: what comes after an undefined part says
    /// nothing, and a branch that is not taken does not count.</summary>
    public bool IsDefined(Tree tree) => Counted(tree).All(t => t.Evaluate(Duals).All(x => double.IsFinite(x.Value)));

    /// <summary>Whether no part is so large that it swallows the step of a central difference.</summary>
    public bool IsTame(Tree tree) => Counted(tree).All(t => t.Evaluate(Duals).All(x => Math.Abs(x.Value) < 1e6));

    private IEnumerable<Tree> Counted(Tree tree) => tree.Op == Operation.Select
        ? [tree, .. Counted(tree.Parts[0]), .. Counted(tree.Parts[tree.Parts[0].Evaluate(Duals)[0].Value != 0 ? 1 : 2])]
        : [tree, .. tree.Parts.SelectMany(Counted)];

    /// <summary>Whether a maximum, minimum, absolute value or comparison is at its corner here, where subgradients differ.</summary>
    public bool HasTies(Tree tree) => Counted(tree).Any(t => t.Op switch
    {
        Operation.Max or Operation.Min or Operation.AtLeast or Operation.Greater => Pairs(t.Parts[0], t.Parts[1]).Any(p => Math.Abs(p.A - p.B) < 1e-9),
        Operation.Abs or Operation.Sqrt or Operation.Log => t.Parts[0].Evaluate(Duals).Any(x => Math.Abs(x.Value) < 1e-9),
        Operation.Largest => t.Parts[0].Evaluate(Duals) is { Length: > 1 } x
            && x.OrderByDescending(y => y.Value).Take(2).Aggregate(0.0, (s, y) => y.Value - s) is > -1e-9 and < 1e-9,
        _ => false,
    });

    private IEnumerable<(double A, double B)> Pairs(Tree a, Tree b)
    {
        Dual[] x = a.Evaluate(Duals), y = b.Evaluate(Duals);
        for (int d = 0; d < Math.Max(x.Length, y.Length); d++)
        {
            yield return (x[x.Length == 1 ? 0 : d].Value, y[y.Length == 1 ? 0 : d].Value);
        }
    }

    private static int StableHash(string text) => text.Aggregate(17, (h, c) => unchecked((h * 31) + c));
}
