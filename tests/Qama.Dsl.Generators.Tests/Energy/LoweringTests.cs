using FsCheck;
using FsCheck.Fluent;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Tests.Energy;

/// <summary>Random formulas cut into slots, matrix products and the rest of a pair: value and gradient of one pair, computed from
/// the parts as kernels do, are those of the formula.</summary>
public class LoweringTests
{
    private static readonly Config _config = Config.QuickThrowOnFailure.WithMaxTest(10_000);

    [Fact]
    public void The_parts_have_the_value_of_the_whole() => Check.One(_config, Prop.ForAll(RandomTrees.All, tree =>
    {
        var point = new RandomPoint(tree);
        (CouplingPlan plan, Dual expected) = Lower(tree, point);
        double actual = new Evaluator(Memories(plan, point)).Scalar(plan.Epilogue);
        return !point.IsDefined(tree) || !IsTame(expected.Value) || IsClose(expected.Value, actual, 1e-7);
    }));

    [Fact]
    public void The_parts_have_the_gradient_of_the_whole() => Check.One(_config, Prop.ForAll(RandomTrees.All, tree =>
    {
        var point = new RandomPoint(tree);
        (CouplingPlan plan, Dual expected) = Lower(tree, point);
        if (!point.IsDefined(tree) || point.HasTies(tree) || !IsTame(expected.Value) || !IsTame(expected.Slope))
        {
            return true;
        }

        double slope = Slope(plan, point, out double size);
        return !IsTame(size) || IsClose(expected.Slope, slope, 1e-6);
    }));

    /// <summary>The plan of a formula that is a number for a pair, and what the number is.</summary>
    private static (CouplingPlan Plan, Dual Expected) Lower(Tree tree, RandomPoint point)
    {
        Tree number = tree.IsVector ? new Tree(Operation.Sum, 0, tree) : tree;
        return (CouplingPlan.Lower(number.Build(new ExpressionPool(Tree.Dimension))), number.Evaluate(point.Duals)[0]);
    }

    private static Func<Symbol, double[]> Memories(CouplingPlan plan, RandomPoint point)
    {
        var memories = new Dictionary<Symbol, double[]>();
        double[] Read(Symbol s) => memories.TryGetValue(s, out double[]? value) ? value : point.Values(s);
        foreach (Slot slot in plan.Slots)
        {
            memories[slot.Symbol] = Wide(slot.Symbol, new Evaluator(Read).Value(slot.Value));
        }

        foreach (Product product in plan.Products)
        {
            memories[product.Symbol] = [Read(product.Row).Zip(Read(product.Column), (x, y) => x * y).Sum()];
        }

        return Read;
    }

    /// <summary>The derivative along the point's direction, and the size of what it is added up from.</summary>
    private static double Slope(CouplingPlan plan, RandomPoint point, out double size)
    {
        Func<Symbol, double[]> memories = Memories(plan, point);
        CouplingGradientPlan gradient = CouplingGradientPlan.Lower(plan, [.. Tree.Symbols.Skip(2)], isFinite: false);
        var adjoints = new Dictionary<Symbol, double[]> { [CouplingGradientPlan.CouplingGradient] = [1] };
        double[] Read(Symbol s) =>
            adjoints.TryGetValue(s, out double[]? value) ? value
            : s.Role == SymbolRole.Adjoint ? new double[s.IsVector ? Tree.Dimension : 1]
            : memories(s);
        Run(gradient.Pair);
        foreach (ProductGradient product in gradient.Products)
        {
            double factor = (product.Factor ?? 1) * Read(product.Adjoint)[0];
            Add(Symbol.Adjoint(product.Product.Row), [.. memories(product.Product.Column).Select(x => factor * x)]);
            Add(Symbol.Adjoint(product.Product.Column), [.. memories(product.Product.Row).Select(x => factor * x)]);
        }

        Run(gradient.Query);
        Run(gradient.Key);
        double[] parts = [.. Tree.Symbols.SelectMany((s, i) => Read(Symbol.Adjoint(s)).Zip(point.Directions[i], (g, d) => g * d))];
        size = parts.Sum(Math.Abs) + adjoints.Values.Sum(a => a.Sum(Math.Abs));
        return parts.Sum();

        void Run(LaneProgram? program)
        {
            foreach (Output output in program?.Outputs ?? [])
            {
                Add(output.Target, Wide(output.Target, new Evaluator(Read).Value(output.Value)));
            }
        }

        void Add(Symbol target, double[] value) => adjoints[target] = [.. Read(target).Zip(value, (x, y) => x + y)];
    }

    /// <summary>A number in a vector's memory is repeated.</summary>
    private static double[] Wide(Symbol symbol, double[] value) =>
        symbol.IsVector && value.Length == 1 ? [.. Enumerable.Repeat(value[0], Tree.Dimension)] : value;

    private static bool IsTame(double x) => Math.Abs(x) < 1e4;

    private static bool IsClose(double a, double b, double tolerance) =>
        Math.Abs(a - b) <= tolerance * (1 + Math.Abs(a) + Math.Abs(b));
}
