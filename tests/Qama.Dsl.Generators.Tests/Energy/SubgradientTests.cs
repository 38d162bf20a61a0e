using FsCheck;
using FsCheck.Fluent;
using Qama.Generators.Energy;

namespace Qama.Generators.Tests.Energy;

/// <summary>Derivatives at ties and corners, and of conditionals.</summary>
public class SubgradientTests
{
    private static readonly ExpressionPool _e = new(3);
    private static readonly Expression _q = _e.Symbol(Symbol.Query), _k = _e.Symbol(Symbol.Key);
    private static readonly Expression _a = _e.Symbol(Tree.Symbols[2]), _b = _e.Symbol(Tree.Symbols[3]);

    [Theory]
    [InlineData(new double[] { 1, 1, 0 }, new double[] { 0.5, 0.5, 0 })]
    [InlineData(new double[] { 2, 2, 2 }, new double[] { 1.0 / 3, 1.0 / 3, 1.0 / 3 })]
    [InlineData(new double[] { 1, 3, 2 }, new double[] { 0, 1, 0 })]
    public void Elements_that_share_the_largest_share_its_derivative(double[] at, double[] expected)
    {
        Assert.Equal(expected, Gradient(_e.Largest(_q), _q, at, at));
        Assert.Equal(expected, Gradient(-_e.Largest(-_q), _q, [.. at.Select(x => -x)], at));
    }

    [Fact]
    public void The_derivative_of_a_largest_is_a_subgradient_at_ties_too() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(
        Gen.Choose(-2, 2).Select(x => (double)x).ArrayOf(6).ToArbitrary(), numbers =>
        {
            double[] x = numbers[..3], y = numbers[3..];
            double[] g = Gradient(_e.Largest(_q), _q, x, x);
            return y.Max() >= x.Max() + g.Zip(y.Zip(x), (slope, p) => slope * (p.First - p.Second)).Sum() - 1e-12;
        }));

    [Fact]
    public void At_a_tie_of_two_the_first_one_counts()
    {
        double[] at = [1, 2, 3];
        Assert.Equal([1.0, 1, 1], Gradient(_e.Sum(_e.Max(_q, _k)), _q, at, at));
        Assert.Equal([0.0, 0, 0], Gradient(_e.Sum(_e.Max(_q, _k)), _k, at, at));
        Assert.Equal([1.0, 1, 1], Gradient(_e.Sum(_e.Min(_q, _k)), _q, at, at));
        Assert.Equal([0.0, 0, 0], Gradient(_e.Sum(_e.Min(_q, _k)), _k, at, at));
        Assert.Equal([1.0, 1, 1], Gradient(_e.Sum(_e.Abs(_q)), _q, [0, 0, 0], at));
    }

    [Fact]
    public void An_infinite_derivative_of_a_branch_that_is_not_taken_is_not_seen()
    {
        Expression root = _e.Sqrt(_a), logarithm = _e.Log(_a), quotient = _b / _a, power = _e.Exp(_e.Exp(_b));
        foreach (Expression untaken in new[] { root, logarithm, quotient, power, root * root, root + 2 * logarithm, _e.Dot(_q * root, _e.Log(_k)) })
        {
            Expression taken = 3 * _b;
            Expression choice = _e.Select(_e.Greater(_a, _e.Zero), untaken, taken);
            var at = new Evaluator(
                (Tree.Symbols[2], [0.0]), (Tree.Symbols[3], [900.0]), (Symbol.Query, [1.0, 0, -1]), (Symbol.Key, [0.0, 0, 0]));
            IReadOnlyList<Expression> gradient = Differentiation.Gradient([(choice * choice, _e.One)], [_a, _b, _q, _k]);
            Assert.Equal(0, at.Scalar(gradient[0]));
            Assert.Equal(2 * 2700.0 * 3, at.Scalar(gradient[1]));
            Assert.All(at.Value(gradient[2]).Concat(at.Value(gradient[3])), x => Assert.Equal(0, x));
        }
    }

    [Fact]
    public void A_branch_per_element_is_as_good()
    {
        Expression roots = _e.Select(_e.Greater(_q, _e.Zero), _e.Sqrt(_q) * _e.Log(_q), -_q);
        Assert.Equal([1 + 0.0, -1, -1], Gradient(_e.Sum(roots), _q, [1, 0, -4], [0, 0, 0]));
        Assert.Equal([0.0, 0, 1], Gradient(_e.Largest(_e.Log(_e.Max(_q, _e.Zero))), _q, [0, -1, 1], [0, 0, 0]));
    }

    private static double[] Gradient(Expression root, Expression by, double[] q, double[] k)
    {
        double[] gradient = new Evaluator((Symbol.Query, q), (Symbol.Key, k)).Value(Differentiation.Gradient([(root, _e.One)], [by])[0]);
        return gradient.Length == 1 ? [.. Enumerable.Repeat(gradient[0], 3)] : gradient;
    }
}
