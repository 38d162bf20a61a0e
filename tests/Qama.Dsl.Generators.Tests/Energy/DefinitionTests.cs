namespace Qama.Generators.Tests.Energy;

using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

/// <summary>The built-in definitions against literal loops over the published formulas, and against the authors' numbers.</summary>
public class DefinitionTests
{
    private const double Epsilon = 1e-6;

    // Head 0 of the case "positive_V" that the authors' own code computed (github.com/Dxee-e/QAMA, first version, float64).
    private static readonly double[][] _query =
    [
        [1.7512121496163593, 0.15282159664779776, -1.2360613732837296], [-0.7455548463324091, 1.1552709570402522, 0.8743631469093341],
        [-0.16998506379564665, 0.9499303710829154, 0.20192586778587532], [0.42401801368777153, 0.14573026522665222, 0.2716265705016668],
    ];

    private static readonly double[][] _key =
    [
        [-1.614492269704644, -0.10533607680069046, 0.6976149985076123], [0.29373946121512834, 0.6475810223094726, 0.5012271347558414],
        [-0.14004721909691964, 1.8385999751356057, -0.23311176620461277], [2.235943539149518, 0.36646389021926606, 1.3051658791180922],
    ];

    private static readonly double[][] _value =
    [
        [0.11381292626077029, 0.9409256135025026, 0.6451503231406076], [0.6953502046435773, 0.23860046253501982, 0.9470981262721871],
        [0.7752619384630836, 0.7513411607969251, 0.7716094993138438], [0.9428060052843589, 0.8362755278693969, 0.08581153233254198],
    ];

    private static readonly double[][] _mixedValue =
    [
        [0.03152297733904034, -0.2769254756059111, -1.012928342897985], [0.7032589433715203, -1.2274171094475443, -0.6055704385750648],
        [0.5247010742593339, 0.7152685309846419, 0.8306141677307262], [0.40212573951838454, -1.140248735723659, -1.043120007886275],
    ];

    private static readonly double[][] _coupling =
    [
        [0.5127409367334309, 0.22798907036786586, 0.3858999960896461, 0.07380346564779469],
        [0.04724171901877147, 0.050301482773690606, 0.08991343813928375, 0.308797548596616],
        [0.11196179618214476, 0.0206257480429773, 0.048919645966460416, 0.22603685845953733],
        [0.1289245458716948, 0.01192688990872121, 0.19159717973483853, 0.0628832716815356],
    ];

    private static readonly double[] _field = [1.26395270427882, 1.407019702543821, 1.584825957156642, 1.2207349522683193];
    private static readonly double[] _mixedField = [0.7325886335630565, 0.4822389846996929, 1.5602255830256797, 0.8640552712958314];

    /// <summary>docs/long-sequences.md.</summary>
    [Fact]
    public void The_cosine_of_features_is_as_near_the_defined_one_as_is_said()
    {
        var random = new Random(1);
        var pool = new ExpressionPool(3);
        Expression defined = Similarities.Define(Similarity.Cosine, pool), features = Similarities.Define(Similarity.Cosine, pool, asFeatures: true);
        double nearest = 0;
        for (int n = 0; n < 2_000; n++)
        {
            double[] q = Of(Math.Pow(10, -8 * random.NextDouble()));
            double[] k = n % 3 == 0 ? q : Of(Math.Pow(10, 1 - (9 * random.NextDouble())));
            var at = new Evaluator((Symbol.Query, q), (Symbol.Key, k));
            double least = Math.Min(Math.Sqrt(q.Sum(x => x * x)), Math.Sqrt(k.Sum(x => x * x)));
            double difference = Math.Abs(at.Scalar(defined) - at.Scalar(features)), bound = Epsilon / (least * least);
            Assert.True(difference <= bound + 1e-14, $"{difference} > {bound}");
            nearest = Math.Max(nearest, least > 1e-2 ? difference / bound : 0);
        }

        Assert.InRange(nearest, 0.9, 1.0);
        var zero = new Evaluator((Symbol.Query, [0.0, 0, 0]), (Symbol.Key, Of(1)));
        Assert.Equal((0.0, 0.0), (zero.Scalar(defined), zero.Scalar(features)));

        double[] Of(double size) => [.. Enumerable.Range(0, 3).Select(_ => size * (random.NextDouble() - 0.5))];
    }

    [Fact]
    public void Jensen_Shannon_computes_what_the_authors_code_computes()
    {
        Expression definition = Similarities.Define(Similarity.JensenShannon, new ExpressionPool(3));
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                double value = new Evaluator((Symbol.Query, _query[i]), (Symbol.Key, _key[j])).Scalar(definition);
                Assert.Equal(_coupling[i][j], value, 1e-12);
            }
        }
    }

    [Fact]
    public void Value_entropy_computes_what_the_authors_code_computes()
    {
        Expression definition = Importances.Define(Importance.ValueEntropy, new ExpressionPool(3));
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(_field[i], new Evaluator((Symbol.Value, _value[i])).Scalar(definition), 1e-12);
            Assert.Equal(_mixedField[i], new Evaluator((Symbol.Value, _mixedValue[i])).Scalar(definition), 1e-12);
        }
    }

    [Fact]
    public void Entropy_is_shared_out_over_dimensions_as_in_the_authors_code()
    {
        double[] shares = new Evaluator((Symbol.Value, _value[0])).Value(Importances.EntropyTerms(new ExpressionPool(3)));
        double[] expected = [0.2611643581072846, 0.4723136536476272, 0.5304746925239082];
        Assert.All(shares.Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-12));
    }

    [Fact]
    public void Similarities_agree_with_their_formulas()
    {
        var random = new Random(3);
        foreach (int dimension in new[] { 1, 2, 5, 16 })
        {
            var e = new ExpressionPool(dimension);
            for (int n = 0; n < 50; n++)
            {
                double[] q = Draw(random, dimension), k = Draw(random, dimension);
                var at = new Evaluator((Symbol.Query, q), (Symbol.Key, k));
                foreach (Similarity similarity in Enum.GetValues<Similarity>().Where(s => s != Similarity.None))
                {
                    Assert.Equal(Literal(similarity, q, k), at.Scalar(Similarities.Define(similarity, e)), 1e-11);
                }
            }
        }
    }

    [Fact]
    public void Importances_agree_with_their_formulas()
    {
        var random = new Random(4);
        foreach (int dimension in new[] { 1, 2, 5, 16 })
        {
            var e = new ExpressionPool(dimension);
            for (int n = 0; n < 50; n++)
            {
                double[] v = Draw(random, dimension), g = Draw(random, dimension);
                var at = new Evaluator((Symbol.Value, v), (Importances.EnergyToValue, g));
                foreach (Importance importance in Enum.GetValues<Importance>())
                {
                    Assert.Equal(Literal(importance, v, g), at.Scalar(Importances.Define(importance, e)), 1e-11);
                }
            }
        }
    }

    [Fact]
    public void The_squared_distance_of_a_pair_is_a_matrix_product()
    {
        var plan = Qama.Generators.Lowering.CouplingPlan.Lower(
            Similarities.Define(Similarity.NegativeSquaredDistance, new ExpressionPool(8)));
        Assert.Single(plan.Products);
        Assert.False(plan.Epilogue.Tokens == Tokens.Pair
            && Walk.Nodes([plan.Epilogue]).Any(n => n.Operation == Operation.Sum));
    }

    [Theory]
    [InlineData(Similarity.Cosine)]
    [InlineData(Similarity.NegativeSquaredDistance)]
    [InlineData(Similarity.JensenShannon)]
    public void Gradients_of_similarities_agree_with_central_differences(Similarity similarity)
    {
        const int Dimension = 5;
        var random = new Random(5);
        var e = new ExpressionPool(Dimension);
        Expression definition = Similarities.Define(similarity, e);
        var gradients = Differentiation.Gradient([(definition, e.One)], [e.Symbol(Symbol.Query), e.Symbol(Symbol.Key)]);
        double[] q = Draw(random, Dimension), k = Draw(random, Dimension);
        for (int d = 0; d < Dimension; d++)
        {
            double[] gq = new Evaluator((Symbol.Query, q), (Symbol.Key, k)).Value(gradients[0]);
            double[] gk = new Evaluator((Symbol.Query, q), (Symbol.Key, k)).Value(gradients[1]);
            Assert.Equal(Slope(x => Literal(similarity, x, k), q, d), gq[d], 1e-7);
            Assert.Equal(Slope(x => Literal(similarity, q, x), k, d), gk[d], 1e-7);
        }
    }

    [Theory]
    [InlineData(Importance.ValueEntropy)]
    [InlineData(Importance.ValueNorm)]
    public void Gradients_of_importances_agree_with_central_differences(Importance importance)
    {
        var e = new ExpressionPool(3);
        Expression gradient = Differentiation.Gradient(
            [(Importances.Define(importance, e), e.One)], [e.Symbol(Symbol.Value)])[0];
        foreach (double[] v in _value)
        {
            double[] actual = new Evaluator((Symbol.Value, v)).Value(gradient);
            for (int d = 0; d < 3; d++)
            {
                Assert.Equal(Slope(x => Literal(importance, x, []), v, d), actual[d], 1e-7);
            }
        }
    }

    private static double Slope(Func<double[], double> f, double[] x, int d)
    {
        const double H = 1e-6;
        double[] above = [.. x], below = [.. x];
        above[d] += H;
        below[d] -= H;
        return (f(above) - f(below)) / (2 * H);
    }

    private static double Literal(Similarity similarity, double[] q, double[] k)
    {
        double dot = 0, qq = 0, kk = 0, distance = 0;
        for (int d = 0; d < q.Length; d++)
        {
            dot += q[d] * k[d];
            qq += q[d] * q[d];
            kk += k[d] * k[d];
            distance += (q[d] - k[d]) * (q[d] - k[d]);
        }

        switch (similarity)
        {
            case Similarity.ScaledDotProduct:
                return dot / Math.Sqrt(q.Length);
            case Similarity.Cosine:
                return dot / ((Math.Sqrt(qq) * Math.Sqrt(kk)) + Epsilon);
            case Similarity.NegativeSquaredDistance:
                return -distance / Math.Sqrt(q.Length);
            default:
                double[] p = Softmax(q), r = Softmax(k);
                double sum = 0;
                for (int d = 0; d < q.Length; d++)
                {
                    double m = (p[d] + r[d]) / 2;
                    sum += 0.5 * p[d] * Math.Log2((p[d] / (m + Epsilon)) + Epsilon);
                    sum += 0.5 * r[d] * Math.Log2((r[d] / (m + Epsilon)) + Epsilon);
                }

                return sum;
        }
    }

    private static double Literal(Importance importance, double[] v, double[] g) => importance switch
    {
        Importance.ValueProjection => v.Zip(g, (x, y) => x * y).Average(),
        Importance.ValueNorm => Math.Sqrt(v.Sum(x => x * x)),
        Importance.ValueEntropy => v.Select(x => Math.Clamp(x / (v.Sum() + Epsilon), Epsilon, 1)).Sum(u => -u * Math.Log2(u)),
        _ => 0,
    };

    private static double[] Softmax(double[] x)
    {
        double[] exponential = [.. x.Select(Math.Exp)];
        return [.. exponential.Select(y => y / exponential.Sum())];
    }

    private static double[] Draw(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() * 4) - 2)];
}
