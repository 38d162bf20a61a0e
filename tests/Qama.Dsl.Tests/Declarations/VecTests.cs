using System.Globalization;

namespace Qama.Tests.Declarations;

/// <summary>The vector of user terms against the same formulas in double precision.</summary>
public class VecTests
{
    private static readonly Vec _empty = new(ReadOnlySpan<float>.Empty);

    public static TheoryData<string> Reductions => [.. _reductions.Keys];

    public static TheoryData<string> Functions => [.. _functions.Keys];

    public static TheoryData<string> Operators => [.. _operators.Keys];

    private static readonly Dictionary<
        string, (Func<Vec, Vec, float> Got, Func<double[], double[], double> Expected)> _reductions = new()
        {
            ["Dot"] = (Vec.Dot, (a, b) => a.Zip(b, (x, y) => x * y).Sum()),
            ["Sum"] = ((a, _) => Vec.Sum(a), (a, _) => a.Sum()),
            ["Mean"] = ((a, _) => Vec.Mean(a), (a, _) => a.Average()),
            ["Max"] = ((a, _) => Vec.Max(a), (a, _) => a.Max()),
            ["Min"] = ((a, _) => Vec.Min(a), (a, _) => a.Min()),
            ["Norm"] = ((a, _) => Vec.Norm(a), (a, _) => Math.Sqrt(a.Sum(x => x * x))),
            ["SquaredNorm"] = ((a, _) => Vec.SquaredNorm(a), (a, _) => a.Sum(x => x * x)),
            ["SquaredDistance"] = (Vec.SquaredDistance, (a, b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum()),
            ["LogSumExp"] = ((a, _) => Vec.LogSumExp(a), (a, _) => Math.Log(a.Sum(Math.Exp))),
        };

    private static readonly Dictionary<string, (Func<Vec, Vec> Got, Func<double, double> Expected)> _functions = new()
    {
        ["-"] = (a => -a, x => -x),
        ["Abs"] = (Vec.Abs, Math.Abs),
        ["Square"] = (Vec.Square, x => x * x),
        ["Sqrt"] = (a => Vec.Sqrt(Vec.Abs(a)), x => Math.Sqrt(Math.Abs(x))),
        ["Exp"] = (Vec.Exp, Math.Exp),
        ["Log"] = (a => Vec.Log(Vec.Abs(a)), x => Math.Log(Math.Abs(x))),
        ["Log2"] = (a => Vec.Log2(Vec.Abs(a)), x => Math.Log2(Math.Abs(x))),
        ["Tanh"] = (Vec.Tanh, Math.Tanh),
        ["Sin"] = (Vec.Sin, Math.Sin),
        ["Cos"] = (Vec.Cos, Math.Cos),
        ["Sigmoid"] = (Vec.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
        ["Relu"] = (Vec.Relu, x => x > 0 ? x : 0),
        ["Max(a, 0.5)"] = (a => Vec.Max(a, 0.5f), x => x > 0.5 ? x : 0.5),
        ["Min(a, 0.5)"] = (a => Vec.Min(a, 0.5f), x => x < 0.5 ? x : 0.5),
        ["Clamp"] = (a => Vec.Clamp(a, -1, 0.25f), x => x < -1 ? -1 : x > 0.25 ? 0.25 : x),
        ["a + 3"] = (a => a + 3, x => x + 3),
        ["a - 3"] = (a => a - 3, x => x - 3),
        ["a * 3"] = (a => a * 3, x => x * 3),
        ["a / 3"] = (a => a / 3, x => x / 3),
        ["3 + a"] = (a => 3 + a, x => 3 + x),
        ["3 - a"] = (a => 3 - a, x => 3 - x),
        ["3 * a"] = (a => 3 * a, x => 3 * x),
        ["3 / a"] = (a => 3 / a, x => 3 / x),
    };

    private static readonly Dictionary<
        string, (Func<Vec, Vec, Vec> Got, Func<double, double, double> Expected)> _operators = new()
        {
            ["+"] = ((a, b) => a + b, (x, y) => x + y),
            ["-"] = ((a, b) => a - b, (x, y) => x - y),
            ["*"] = ((a, b) => a * b, (x, y) => x * y),
            ["/"] = ((a, b) => a / b, (x, y) => x / y),
            ["Max"] = (Vec.Max, (x, y) => x > y ? x : y),
            ["Min"] = (Vec.Min, (x, y) => x < y ? x : y),
        };

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Reductions_are_their_formulas(string name)
    {
        foreach ((double[] a, double[] b) in RandomPairs())
        {
            // Sums of D terms may lose D roundings of the largest intermediate.
            double size = a.Length * 4e-7 * (1 + a.Concat(b).Max(x => x * x) * a.Length);
            Assert.Equal(_reductions[name].Expected(a, b), _reductions[name].Got(Single(a), Single(b)), size);
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Functions_and_numbers_act_on_every_element(string name)
    {
        foreach ((double[] a, _) in RandomPairs())
        {
            Agree([.. a.Select(_functions[name].Expected)], _functions[name].Got(Single(a)));
        }
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Operators_act_element_by_element(string name)
    {
        foreach ((double[] a, double[] b) in RandomPairs())
        {
            Agree([.. a.Zip(b, _operators[name].Expected)], _operators[name].Got(Single(a), Single(b)));
        }
    }

    [Fact]
    public void Softmax_is_a_distribution_of_exponentials()
    {
        foreach ((double[] a, _) in RandomPairs())
        {
            double sum = a.Sum(Math.Exp);
            Agree([.. a.Select(x => Math.Exp(x) / sum)], Vec.Softmax(Single(a)), 1e-5);
        }

        Assert.Equal(new Vec(0.5f, 0.5f, 0), Vec.Softmax(new(1000, 1000, -1000)));
    }

    [Fact]
    public void Log_sum_exp_neither_overflows_nor_loses_infinities()
    {
        Assert.Equal(1000 + MathF.Log(2), Vec.LogSumExp(new(1000, 1000)));
        Assert.Equal(float.PositiveInfinity, Vec.LogSumExp(new(1, float.PositiveInfinity)));
        Assert.Equal(float.NegativeInfinity, Vec.LogSumExp(new(float.NegativeInfinity, float.NegativeInfinity)));
        Assert.True(float.IsNaN(Vec.LogSumExp(new(1, float.NaN))));
    }

    [Fact]
    public void Sums_run_in_index_order_in_single_precision()
    {
        Assert.Equal(0, Vec.Sum(new(1, 1e8f, -1e8f)));
        Assert.Equal(1, Vec.Sum(new(1e8f, -1e8f, 1)));
        Assert.Equal(0, Vec.Dot(new(1, 1e8f, -1e8f), new(1, 1, 1)));
    }

    [Fact]
    public void Logistic_functions_of_far_negative_numbers_do_not_vanish_early()
    {
        Vec y = Vec.Sigmoid(new(-100, 100, float.NegativeInfinity, float.NaN));
        Assert.Equal(3.7835e-44f, y[0]);
        Assert.Equal((1f, 0f, float.NaN), (y[1], y[2], y[3]));
    }

    [Fact]
    public void NaN_wins_every_comparison()
    {
        var a = new Vec(float.NaN, 1);
        Assert.Equal(new(float.NaN, 1), Vec.Relu(a));
        Assert.Equal(new(float.NaN, 2), Vec.Max(a, 2));
        Assert.Equal(new(float.NaN, 1), Vec.Min(new(0, 1), a));
        Assert.Equal(new(float.NaN, 0), Vec.Clamp(a, -1, 0));
        Assert.True(float.IsNaN(Vec.Max(new(1, float.NaN, 2))) && float.IsNaN(Vec.Min(new(1, float.NaN, 2))));
    }

    [Fact]
    public void Elements_are_copied()
    {
        float[] source = [1, 2];
        Vec made = new(source), converted = source;
        source[0] = 7;
        Assert.Equal((1f, 1f), (made[0], converted[0]));
    }

    [Fact]
    public void Vectors_are_equal_by_their_elements()
    {
        Vec a = new(1, float.NaN, 0), b = new(1, float.NaN, -0f);
        Assert.True(a == b && a.Equals((object)b) && a.GetHashCode() == b.GetHashCode());
        Assert.True(a != new Vec(1, float.NaN) && a != new Vec(1, float.NaN, 2) && !a.Equals("a"));
        Assert.Equal(_empty, default);
    }

    [Fact]
    public void Text_does_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new("de-DE");
            Assert.Equal("[1, -0.5]", new Vec(1, -0.5f).ToString());
            Assert.Equal("[]", _empty.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        Vec a = new(1, 2), b = new(1, 2, 3);
        foreach ((Func<Vec, Vec, Vec> operation, _) in _operators.Values)
        {
            Assert.Contains("Expected 2 elements", Assert.Throws<ArgumentException>("b", () => operation(a, b)).Message);
        }

        Assert.Throws<ArgumentException>("b", () => Vec.Dot(a, b));
        Assert.Throws<ArgumentException>("b", () => Vec.SquaredDistance(a, b));
    }

    [Fact]
    public void Empty_vectors_have_sums_but_no_mean_or_largest_element()
    {
        Assert.Equal((0f, 0f, 0f, 0), (Vec.Sum(_empty), Vec.Dot(_empty, _empty), Vec.Norm(_empty), Vec.Exp(_empty).Length));
        Assert.Throws<ArgumentException>("a", () => Vec.Mean(_empty));
        Assert.Throws<ArgumentException>("a", () => Vec.Max(_empty));
        Assert.Throws<ArgumentException>("a", () => Vec.Min(_empty));
        Assert.Throws<ArgumentException>("a", () => Vec.Softmax(_empty));
        Assert.Throws<ArgumentException>("a", () => Vec.LogSumExp(_empty));
    }

    [Fact]
    public void Other_arguments_without_a_meaning_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("index", () => new Vec(1)[1]);
        Assert.Throws<ArgumentOutOfRangeException>("index", () => new Vec(1)[-1]);
        Assert.Throws<ArgumentOutOfRangeException>("index", () => _empty[0]);
        Assert.Throws<ArgumentNullException>("elements", () => (Vec)(float[])null!);
        Assert.Throws<ArgumentException>("lowest", () => Vec.Clamp(new(1), 1, 0));
        Assert.Throws<ArgumentException>("lowest", () => Vec.Clamp(new(1), float.NaN, 0));
    }

    private static void Agree(double[] expected, Vec got, double relative = 3e-7)
    {
        Assert.Equal(expected.Length, got.Length);
        for (int d = 0; d < expected.Length; d++)
        {
            Assert.Equal(expected[d], got[d], relative * Math.Abs(expected[d]));
        }
    }

    private static Vec Single(double[] a) => new([.. a.Select(x => (float)x)]);

    /// <summary>Two vectors of 1 to 70 single-precision numbers, mostly from −3 to 3.</summary>
    private static IEnumerable<(double[] A, double[] B)> RandomPairs()
    {
        var random = new Random(20);
        for (int length = 1; length <= 70; length++)
        {
            yield return (Draw(), Draw());

            double[] Draw() => [.. Enumerable.Range(0, length).Select(_ => (double)(float)((6 * random.NextDouble()) - 3))];
        }
    }
}
