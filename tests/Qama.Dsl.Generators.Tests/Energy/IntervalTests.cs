using FsCheck;
using FsCheck.Fluent;

namespace Qama.Generators.Tests.Energy;

using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

public class IntervalTests
{
    [Fact]
    public void Contain_every_sampled_value() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(10_000), Prop.ForAll(RandomTrees.All, tree =>
    {
        var random = new Random(tree.ToString().Length);
        var ranges = new Dictionary<Symbol, Interval>();
        foreach (Symbol symbol in Tree.Symbols)
        {
            double low = (random.NextDouble() * 4) - 2;
            ranges[symbol] = new Interval(low, low + (random.NextDouble() * 3));
        }

        Expression expression = tree.Build(new ExpressionPool(Tree.Dimension));
        Interval bounds = new Intervals(ranges).Of(expression);
        return Enumerable.Range(0, 30).All(_ =>
        {
            double[][] at = [.. Tree.Symbols.Select(s => Draw(random, ranges[s], s.IsVector ? Tree.Dimension : 1))];
            double[] values = new Evaluator(s => at[Array.IndexOf(Tree.Symbols, s)]).Value(expression);
            return values.All(v => !double.IsFinite(v) || Contains(bounds, v)) || !IsDefined(expression, at);
        });
    }));

    [Theory]
    [InlineData(Similarity.ScaledDotProduct, double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(Similarity.Cosine, -1, 1)]
    [InlineData(Similarity.NegativeSquaredDistance, double.NegativeInfinity, 0)]
    [InlineData(Similarity.JensenShannon, -0.0000116, 1.0000008)]
    public void Similarities_have_the_ranges_that_are_known(Similarity similarity, double low, double high)
    {
        Interval bounds = CoefficientBounds.Of(Similarities.Define(similarity, new ExpressionPool(8)));
        Assert.Equal(low, bounds.Low, 1e-6);
        Assert.Equal(high, bounds.High, 1e-6);
    }

    [Theory]
    [InlineData(Importance.None, 0, 0)]
    [InlineData(Importance.ValueProjection, double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(Importance.ValueNorm, 0, double.PositiveInfinity)]
    [InlineData(Importance.ValueEntropy, 0, 8 * 0.530738)]
    public void Importances_have_the_ranges_that_are_known(Importance importance, double low, double high)
    {
        Interval bounds = CoefficientBounds.Of(Importances.Define(importance, new ExpressionPool(8)));
        Assert.Equal(low, bounds.Low, 1e-4);
        Assert.Equal(high, bounds.High, 1e-4);
    }

    [Fact]
    public void Definitions_stay_in_their_ranges()
    {
        var random = new Random(7);
        foreach (int dimension in new[] { 1, 2, 8 })
        {
            var e = new ExpressionPool(dimension);
            for (int n = 0; n < 300; n++)
            {
                double scale = Math.Pow(10, (random.NextDouble() * 6) - 3);
                double[] q = Draw(random, new Interval(-scale, scale), dimension);
                double[] k = n % 3 == 0 ? q : Draw(random, new Interval(-scale, scale), dimension);
                var at = new Evaluator((Symbol.Query, q), (Symbol.Key, k), (Symbol.Value, k), (Importances.EnergyToValue, q));
                foreach (Similarity similarity in Enum.GetValues<Similarity>().Where(s => s != Similarity.None))
                {
                    double value = at.Scalar(Similarities.Define(similarity, e));
                    Assert.True(Contains(CoefficientBounds.Of(Similarities.Define(similarity, new ExpressionPool(dimension))), value, scale * scale));
                }

                foreach (Importance importance in Enum.GetValues<Importance>())
                {
                    double value = at.Scalar(Importances.Define(importance, e));
                    Assert.True(Contains(CoefficientBounds.Of(Importances.Define(importance, new ExpressionPool(dimension))), value, scale * scale));
                }
            }
        }
    }

    [Fact]
    public void Batch_normalised_coefficients_have_no_range()
    {
        Assert.Equal(Interval.Reals, CoefficientBounds.Of(Similarities.Define(Similarity.Cosine, new ExpressionPool(4)), Normalization.Batch));
        Assert.Equal(Interval.Reals, CoefficientBounds.Of(Importances.Define(Importance.ValueEntropy, new ExpressionPool(4)), Normalization.Batch));
    }

    [Fact]
    public void A_dot_product_of_normalised_vectors_is_a_cosine()
    {
        var e = new ExpressionPool(16);
        Expression q = e.Symbol(Symbol.Query), k = e.Symbol(Symbol.Key);
        AssertBounds(-1, 1, e.Dot(q / e.Norm(q), k / (e.Norm(k) + 1e-3)));
        AssertBounds(-2, 2, 2 * e.Dot(q, k) / (e.Norm(k) * e.Norm(q) + 1e-9));
    }

    [Fact]
    public void Softmax_and_what_is_averaged_with_it_are_bounded()
    {
        var e = new ExpressionPool(16);
        Expression p = e.Softmax(e.Symbol(Symbol.Query));
        AssertBounds(0, 1, p);
        AssertBounds(1, 1, e.Sum(p), allowWider: true);
        AssertBounds(-1, 1, e.Dot(p, e.Tanh(e.Symbol(Symbol.Key))));
        AssertBounds(0, 1, e.Dot(p, e.Softmax(e.Symbol(Symbol.Key))));
    }

    [Fact]
    public void Squares_in_disguise_are_not_negative()
    {
        var e = new ExpressionPool(4);
        Expression q = e.Symbol(Symbol.Query), k = e.Symbol(Symbol.Key);
        Assert.Equal(0, new Intervals().Of(e.Dot(q, q) - 2 * e.Dot(q, k) + e.Dot(k, k)).Low);
        Assert.Equal(1, new Intervals().Of(e.Dot(q, q) + e.Dot(q, k) + e.Dot(k, k) + 1).Low);
        Assert.Equal(Interval.Reals, new Intervals().Of(e.Dot(q, q) - 2.1 * e.Dot(q, k) + e.Dot(k, k)));
    }

    [Fact]
    public void A_logarithm_of_a_negative_range_is_empty()
    {
        var e = new ExpressionPool(4);
        Assert.True(new Intervals().Of(e.Log(-e.Norm(e.Symbol(Symbol.Query)) - 1)).IsEmpty);
        Assert.False(new Intervals().Of(e.Log(e.Symbol(Symbol.Distance) + 1)).IsEmpty);
    }

    [Fact]
    public void Differences_of_equal_parts_cancel()
    {
        var e = new ExpressionPool(4);
        Expression a = e.Symbol(Tree.Symbols[2]), b = e.Symbol(Tree.Symbols[3]);
        Assert.Equal(new Interval(0, 1), new Intervals().Of(a + e.Symbol(Symbol.Selection) - (b - b) - a));
    }

    private static void AssertBounds(double low, double high, Expression e, bool allowWider = false)
    {
        Interval bounds = new Intervals().Of(e);
        if (allowWider)
        {
            Assert.True(bounds.Low <= low && bounds.High >= high);
            return;
        }

        Assert.Equal(low, bounds.Low, 1e-12);
        Assert.Equal(high, bounds.High, 1e-12);
    }

    private static double[] Draw(Random random, Interval range, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => range.Low + (random.NextDouble() * (range.High - range.Low)))];

    private static bool Contains(Interval bounds, double value, double scale = 0)
    {
        double slack = 1e-9 * (1 + Math.Abs(value) + scale);
        return bounds.Low - slack <= value && value <= bounds.High + slack;
    }

    /// <summary>Whether all parts are finite at a point; bounds are of values where the expression is defined.</summary>
    private static bool IsDefined(Expression expression, double[][] at)
    {
        var evaluator = new Evaluator(s => at[Array.IndexOf(Tree.Symbols, s)]);
        return Walk.Nodes([expression]).All(n => evaluator.Value(n).All(double.IsFinite));
    }
}
