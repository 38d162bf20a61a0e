using FsCheck;
using FsCheck.Fluent;
using Qama.Generators.Energy;

namespace Qama.Generators.Tests.Energy;

public class AlgebraTests
{
    private static readonly Config _config = Config.QuickThrowOnFailure.WithMaxTest(10_000);

    [Fact]
    public void Simplification_preserves_the_value() => Check.One(_config, Prop.ForAll(RandomTrees.All, tree =>
    {
        var point = new RandomPoint(tree);
        Dual[] expected = tree.Evaluate(i => point.Duals(i));
        double[] actual = point.Evaluator.Value(tree.Build(new ExpressionPool(Tree.Dimension)));

        // What is undefined or ill-conditioned says nothing; a scalar may stand for a vector of equal numbers.
        return !point.IsDefined(tree) || expected.Any(x => !IsTame(x.Value))
            || expected.Select((x, d) => IsClose(x.Value, actual.Length == 1 ? actual[0] : actual[d], 1e-7)).All(ok => ok);
    }));

    [Fact]
    public void The_gradient_agrees_with_forward_mode_dual_numbers() => Check.One(_config, Prop.ForAll(RandomTrees.All, tree =>
    {
        var point = new RandomPoint(tree);
        return AgreesWithSlope(tree, point, tree.Evaluate(point.Duals), 1e-6);
    }));

    [Fact]
    public void The_gradient_agrees_with_central_differences() => Check.One(_config, Prop.ForAll(RandomTrees.Smooth, tree =>
    {
        var point = new RandomPoint(tree);
        const double H = 1e-5;
        Dual[] above = tree.Evaluate(i => point.Shifted(i, H)), below = tree.Evaluate(i => point.Shifted(i, -H));
        Dual[] middle = tree.Evaluate(point.Duals);
        Dual[] difference = [.. above.Select((a, d) => new Dual(middle[d].Value, (a.Value - below[d].Value) / (2 * H)))];

        // Central differences are an oracle only where the function is smooth on the scale of the step.
        double[] second = [.. above.Select((a, d) => (a.Value + below[d].Value - (2 * middle[d].Value)) / (H * H))];
        return second.Any(x => !(Math.Abs(x) < 1e4)) || !point.IsTame(tree) || AgreesWithSlope(tree, point, difference, 1e-4);
    }));

    [Fact]
    public void A_scalar_sums_to_the_dimension_times_itself()
    {
        var e = new ExpressionPool(5);
        Assert.Equal(15, e.Sum(e.Constant(3)).Value);
    }

    [Fact]
    public void Equal_formulas_are_the_same_object()
    {
        var e = new ExpressionPool(4);
        Expression q = e.Symbol(Symbol.Query), k = e.Symbol(Symbol.Key);
        Assert.Same(e.Dot(2 * q, k), 2 * e.Dot(q, k));
        Assert.Same(e.Zero, q * k - q * k);
    }

    [Fact]
    public void The_norm_of_a_zero_vector_has_gradient_zero()
    {
        var e = new ExpressionPool(2);
        Expression q = e.Symbol(Symbol.Query);
        Expression gradient = Differentiation.Gradient([(e.Norm(q), e.One)], [q])[0];
        Assert.Equal([0.0, 0.0], new Evaluator((Symbol.Query, [0.0, 0.0])).Value(gradient));
    }

    [Theory]
    [InlineData(0.25, 1.0)]
    [InlineData(0.5, 1.0)]
    [InlineData(1.0, 1.0)]
    [InlineData(0.1, 0.0)]
    [InlineData(1.5, 0.0)]
    public void A_clamp_passes_gradients_inside_and_at_its_ends(double at, double slope)
    {
        var e = new ExpressionPool(1);
        Expression a = e.Symbol(Tree.Symbols[2]);
        Expression gradient = Differentiation.Gradient([(e.Clamp(a, 0.25, 1), e.One)], [a])[0];
        Assert.Equal(slope, new Evaluator((Tree.Symbols[2], [at])).Scalar(gradient));
    }

    [Fact]
    public void Softmax_is_a_distribution_and_shift_invariant()
    {
        var e = new ExpressionPool(3);
        Expression softmax = e.Softmax(e.Symbol(Symbol.Query));
        double[] plain = new Evaluator((Symbol.Query, [1.0, 2, 3])).Value(softmax);
        double[] shifted = new Evaluator((Symbol.Query, [1001.0, 1002, 1003])).Value(softmax);
        Assert.Equal(1, plain.Sum(), 12);
        Assert.All(plain.Zip(shifted), p => Assert.Equal(p.First, p.Second, 12));
    }

    private static bool AgreesWithSlope(Tree tree, RandomPoint point, Dual[] expected, double tolerance)
    {
        if (!point.IsDefined(tree) || expected.Any(x => !IsTame(x.Value) || !IsTame(x.Slope)) || point.HasTies(tree))
        {
            return true;
        }

        var e = new ExpressionPool(Tree.Dimension);
        Expression root = tree.Build(e);
        Expression[] inputs = [.. Tree.Symbols.Select(e.Symbol)];
        var gradients = Differentiation.Gradient([(root, e.One)], inputs);
        double slope = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] gradient = point.Evaluator.Value(gradients[i]);
            slope += point.Directions[i].Select((x, d) => x * (gradient.Length == 1 ? gradient[0] : gradient[d])).Sum();
        }

        // A vector root that simplified to a scalar stands for as many equal numbers.
        double sum = root.IsVector ? expected.Sum(x => x.Slope) : expected[0].Slope;
        return !IsTame(slope) || IsClose(sum, slope, tolerance);
    }

    private static bool IsTame(double x) => Math.Abs(x) < 1e4;

    private static bool IsClose(double a, double b, double tolerance) =>
        Math.Abs(a - b) <= tolerance * (1 + Math.Abs(a) + Math.Abs(b));
}
