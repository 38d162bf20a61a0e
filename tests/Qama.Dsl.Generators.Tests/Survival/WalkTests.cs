using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Tests.Survival;

/// <summary>Expressions that are small as graphs and huge, or deep, as trees.</summary>
public class WalkTests
{
    private const int Doublings = 200, Depth = 20_000, Shared = 25;

    [Fact]
    public void Every_node_is_computed_once_after_its_operands()
    {
        Expression root = Doubled(new ExpressionPool(4));
        var order = new List<Expression>();
        double value = Walk.Fold(root, [], n => n.Operands, node =>
        {
            order.Add(node);
            return 1.0;
        });
        Assert.Equal(1, value);
        Assert.Equal(Walk.Nodes([root]), order.OrderBy(n => n.Id));
        Assert.All(order, node => Assert.All(node.Operands, o => Assert.True(order.IndexOf(o) < order.IndexOf(node))));
        Assert.Equal(order.Count, order.Distinct().Count());
    }

    [Fact]
    public void Text_is_bounded()
    {
        var pool = new ExpressionPool(4);
        Assert.InRange(MathNotation.Write(Doubled(pool)).Length, 100, 2010);
        Assert.InRange(MathNotation.Write(Deep(pool)).Length, 100, 2010);
        Assert.Equal("q·k + 1", MathNotation.Write(pool.Dot(pool.Symbol(Symbol.Query), pool.Symbol(Symbol.Key)) + 1));
    }

    [Fact]
    public void Sums_derivatives_bounds_and_plans_take_graphs_and_depth()
    {
        foreach (Func<ExpressionPool, Expression> make in new Func<ExpressionPool, Expression>[] { Doubled, Deep, Guarded })
        {
            var pool = new ExpressionPool(4);
            Expression vector = make(pool), sum = pool.Sum(vector);
            Assert.Equal(2, Differentiation.Gradient([(sum, pool.One)], [pool.Symbol(Symbol.Query), pool.Symbol(Symbol.Key)]).Count);
            _ = new Intervals().Of(sum);
            _ = new Definedness().IsFinite(sum);
            Assert.NotEmpty(LinearForm.Of(sum).Terms);
            Assert.Same(sum, pool.Replace(sum, new Dictionary<Expression, Expression>()));
            CouplingPlan plan = CouplingPlan.Lower(sum);
            Assert.NotNull(CouplingGradientPlan.Lower(plan, [], isFinite: true));
        }
    }

    [Fact]
    public void Equal_terms_are_counted_however_often_they_are_shared()
    {
        var pool = new ExpressionPool(4);
        Expression a = pool.Dot(pool.Symbol(Symbol.Query), pool.Symbol(Symbol.Key)), x = a;
        for (int n = 0; n < Shared; n++)
        {
            x = x + (x - 1);
        }

        LinearForm form = LinearForm.Of(x);
        Assert.Equal(Math.Pow(2, Shared), form.Terms[a]);
        Assert.Equal(1 - Math.Pow(2, Shared), form.Constant);
    }

    private static Expression Doubled(ExpressionPool pool)
    {
        Expression k = pool.Symbol(Symbol.Key), v = pool.Symbol(Symbol.Query);
        for (int n = 0; n < Doublings; n++)
        {
            v = v * k + (v - k);
        }

        return v;
    }

    private static Expression Deep(ExpressionPool pool)
    {
        Expression k = pool.Symbol(Symbol.Key), v = pool.Symbol(Symbol.Query);
        for (int n = 0; n < Depth; n++)
        {
            v = v + k;
        }

        return v;
    }

    /// <summary>Conditionals inside conditionals: derivatives go into them.</summary>
    private static Expression Guarded(ExpressionPool pool)
    {
        Expression k = pool.Symbol(Symbol.Key), v = pool.Symbol(Symbol.Query);
        for (int n = 0; n < Doublings; n++)
        {
            v = pool.Select(pool.Greater(pool.Largest(v), pool.Constant(n)), pool.Log(v) * k + v, pool.Zero);
        }

        return v;
    }
}
