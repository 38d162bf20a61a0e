using FsCheck;
using FsCheck.Fluent;
using Qama.Generators.Energy;

namespace Qama.Generators.Tests.Energy;

/// <summary>A formula as it would be written down, not simplified: what the algebra is compared with.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Number">The constant, or the index of the symbol.</param>
/// <param name="Parts">The operands.</param>
internal sealed record Tree(Operation Op, double Number, params Tree[] Parts)
{
    public const int Dimension = 3;

    /// <summary>Two vectors and two numbers.</summary>
    public static readonly Symbol[] Symbols =
    [
        Symbol.Query, Symbol.Key, new Symbol("a", SymbolRole.Learnable, false, Tokens.None),
        new Symbol("b", SymbolRole.Learnable, false, Tokens.None),
    ];

    public bool IsVector => Op switch
    {
        Operation.Symbol => Symbols[(int)Number].IsVector,
        Operation.Sum or Operation.Largest => false,
        _ => Parts.Any(p => p.IsVector),
    };

    public Expression Build(ExpressionPool e)
    {
        Expression[] o = [.. Parts.Select(p => p.Build(e))];
        return Op switch
        {
            Operation.Constant => e.Constant(Number),
            Operation.Symbol => e.Symbol(Symbols[(int)Number]),
            Operation.Negate => -o[0],
            Operation.Add => o[0] + o[1],
            Operation.Subtract => o[0] - o[1],
            Operation.Multiply => o[0] * o[1],
            Operation.Divide => o[0] / o[1],
            Operation.Max => e.Max(o[0], o[1]),
            Operation.Min => e.Min(o[0], o[1]),
            Operation.Sqrt => e.Sqrt(o[0]),
            Operation.Exp => e.Exp(o[0]),
            Operation.Log => e.Log(o[0]),
            Operation.Tanh => e.Tanh(o[0]),
            Operation.Abs => e.Abs(o[0]),
            Operation.Sin => e.Sin(o[0]),
            Operation.Cos => e.Cos(o[0]),
            Operation.AtLeast => e.AtLeast(o[0], o[1]),
            Operation.Greater => e.Greater(o[0], o[1]),
            Operation.Select => e.Select(o[0], o[1], o[2]),
            Operation.Sum => e.Sum(o[0]),
            Operation.Largest => e.Largest(o[0]),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>Value and directional derivative in dual numbers, straight from the tree.</summary>
    public Dual[] Evaluate(Func<int, Dual[]> symbols)
    {
        Dual[][] o = [.. Parts.Select(p => p.Evaluate(symbols))];
        return Op switch
        {
            Operation.Constant => [new Dual(Number, 0)],
            Operation.Symbol => symbols((int)Number),
            Operation.Negate => Map(x => new Dual(-x.Value, -x.Slope)),
            Operation.Add => Zip((x, y) => new Dual(x.Value + y.Value, x.Slope + y.Slope)),
            Operation.Subtract => Zip((x, y) => new Dual(x.Value - y.Value, x.Slope - y.Slope)),
            Operation.Multiply => Zip((x, y) => new Dual(x.Value * y.Value, (x.Slope * y.Value) + (x.Value * y.Slope))),
            Operation.Divide => Zip((x, y) =>
                new Dual(x.Value / y.Value, ((x.Slope * y.Value) - (x.Value * y.Slope)) / (y.Value * y.Value))),
            Operation.Max => Zip((x, y) => x.Value >= y.Value ? x : y),
            Operation.Min => Zip((x, y) => y.Value >= x.Value ? x : y),
            Operation.Sqrt => Map(x => new Dual(Math.Sqrt(x.Value), x.Slope / (2 * Math.Sqrt(x.Value)))),
            Operation.Exp => Map(x => new Dual(Math.Exp(x.Value), x.Slope * Math.Exp(x.Value))),
            Operation.Log => Map(x => new Dual(Math.Log(x.Value), x.Slope / x.Value)),
            Operation.Tanh => Map(x => new Dual(Math.Tanh(x.Value), x.Slope * (1 - Math.Pow(Math.Tanh(x.Value), 2)))),
            Operation.Abs => Map(x => new Dual(Math.Abs(x.Value), x.Value >= 0 ? x.Slope : -x.Slope)),
            Operation.Sin => Map(x => new Dual(Math.Sin(x.Value), x.Slope * Math.Cos(x.Value))),
            Operation.Cos => Map(x => new Dual(Math.Cos(x.Value), -x.Slope * Math.Sin(x.Value))),
            Operation.AtLeast => Zip((x, y) => new Dual(x.Value >= y.Value ? 1 : 0, 0)),
            Operation.Greater => Zip((x, y) => new Dual(x.Value > y.Value ? 1 : 0, 0)),
            Operation.Select => Broadcast(o[o[0][0].Value != 0 ? 1 : 2])[..(IsVector ? Dimension : 1)],
            Operation.Sum => [Broadcast(o[0]).Aggregate((x, y) => new Dual(x.Value + y.Value, x.Slope + y.Slope))],
            Operation.Largest => [o[0].MaxBy(x => x.Value)],
            _ => throw new InvalidOperationException(),
        };

        static Dual[] Broadcast(Dual[] x) => x.Length == 1 ? [.. Enumerable.Repeat(x[0], Dimension)] : x;

        Dual[] Map(Func<Dual, Dual> f) => [.. o[0].Select(f)];

        Dual[] Zip(Func<Dual, Dual, Dual> f) =>
            o[0].Length == o[1].Length
                ? [.. o[0].Zip(o[1], f)]
                : [.. Broadcast(o[0]).Zip(Broadcast(o[1]), f)];
    }

    public bool Any(Func<Tree, bool> predicate) => predicate(this) || Parts.Any(p => p.Any(predicate));

    public override string ToString() => Op switch
    {
        Operation.Constant => Number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        Operation.Symbol => Symbols[(int)Number].Name,
        _ => $"{Op}({string.Join(", ", (object[])Parts)})",
    };
}

internal readonly record struct Dual(double Value, double Slope);

internal static class RandomTrees
{
    private static readonly Operation[] _smooth =
    [
        Operation.Negate, Operation.Add, Operation.Subtract, Operation.Multiply, Operation.Divide, Operation.Sqrt,
        Operation.Exp, Operation.Log, Operation.Tanh, Operation.Sin, Operation.Cos, Operation.Sum,
    ];

    private static readonly Operation[] _all =
        [.. _smooth, Operation.Max, Operation.Min, Operation.Abs, Operation.AtLeast, Operation.Greater, Operation.Largest,
            Operation.Select, Operation.Select];

    public static Arbitrary<Tree> Smooth => Arbitrary(_smooth);

    public static Arbitrary<Tree> All => Arbitrary(_all);

    private static Arbitrary<Tree> Arbitrary(Operation[] operations) =>
        Arb.From(Gen.Sized(size => Trees(operations, Math.Min(2 + (size / 20), 6))), tree => tree.Parts);

    private static Gen<Tree> Trees(Operation[] operations, int depth)
    {
        Gen<Tree> leaf = Gen.OneOf(
            Gen.Elements(-2.0, -1, -0.5, 0, 0.5, 1, 2, 3).Select(c => new Tree(Operation.Constant, c)),
            Gen.Choose(0, Tree.Symbols.Length - 1).Select(i => new Tree(Operation.Symbol, i)),
            Gen.Choose(0, Tree.Symbols.Length - 1).Select(i => new Tree(Operation.Symbol, i)));
        if (depth == 0)
        {
            return leaf;
        }

        Gen<Tree> smaller = Trees(operations, depth - 1);
        Gen<Tree> node = Gen.Elements(operations).SelectMany(op => op switch
        {
            Operation.Add or Operation.Subtract or Operation.Multiply or Operation.Divide or Operation.Max or Operation.Min
                or Operation.AtLeast or Operation.Greater => smaller.SelectMany(a => smaller.Select(b => new Tree(op, 0, a, b))),
            // The condition is a number: elements do not choose for themselves here.
            Operation.Select => smaller.SelectMany(c => smaller.SelectMany(a => smaller.Select(b =>
                new Tree(op, 0, Condition(c), a, b)))),
            _ => smaller.Select(a => new Tree(op, 0, a)),
        });
        return Gen.Frequency((1, leaf), (4, node));

        static Tree Condition(Tree of) => new(
            Operation.Greater, 0, of.IsVector ? new Tree(Operation.Sum, 0, of) : of, new Tree(Operation.Constant, 0.25));
    }
}
