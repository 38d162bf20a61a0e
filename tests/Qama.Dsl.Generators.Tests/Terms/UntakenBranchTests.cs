namespace Qama.Generators.Tests.Terms;

/// <summary>What a conditional does not take has no part in value or gradient, whatever it would have been.</summary>
public class UntakenBranchTests
{
    private const int Tokens = TermClass.FewTokens, Dim = TermClass.Dim, Stride = 16, Scratch = 4096;

    /// <summary>Each has a branch that overflows or is undefined at some of the points below and is not taken there.</summary>
    private static readonly string[] _bodies =
    [
        "Vec.Mean(q) > 0f ? MathF.Sqrt(Vec.Mean(q)) : 0f",
        "Vec.Mean(q) > 0f ? MathF.Log(Vec.Mean(q)) : Vec.Mean(k)",
        "Vec.Dot(q, k) > 0f ? MathF.Sqrt(Vec.Dot(q, k)) : 0f",
        "Vec.Dot(q, k) > 0f ? MathF.Log(Vec.Dot(q, k)) * Vec.Mean(k) : 1f",
        "Vec.Sum(q) != 0f ? Vec.Sum(k) / Vec.Sum(q) : 0f",
        "Vec.Mean(q) < 0.1f ? MathF.Exp(MathF.Exp(5f * Vec.Mean(q))) : 1f",
        "a > 0.5f ? MathF.Sqrt(a - 0.5f) : a",
        "Vec.Mean(w) > 0f ? MathF.Log(Vec.Mean(w)) : Vec.Mean(q)",
        "pair.Distance < 9 ? Vec.Mean(k) : MathF.Sqrt(-1f - Vec.Norm(q))",
        "pair.Distance < 9 ? Vec.Dot(q, k) : Vec.Dot(Vec.Log(q), k)",
        "Vec.Min(q) > 0f ? Vec.Dot(Vec.Log(q), k) : Vec.Dot(q, k)",
        "Vec.Min(q) > 0f && Vec.Min(k) > 0f ? Vec.Dot(Vec.Sqrt(q), Vec.Sqrt(k)) : 0f",
        "Vec.Min(k) > 0f ? MathF.Sqrt(Vec.Min(k)) + 2f * MathF.Sqrt(Vec.Min(k)) : 0f",
        "Vec.Min(k) > 0f ? MathF.Sqrt(Vec.Min(k)) * MathF.Sqrt(Vec.Min(k)) * MathF.Log(Vec.Min(k)) : 0f",
        "float s = MathF.Sqrt(Vec.Dot(q, k)); return Vec.Dot(q, k) > 0f ? s : Vec.Mean(q) > 2f ? 2f * s : 0f;",
        "float s = MathF.Log(Vec.Min(q)); if (Vec.Min(q) > 0f) { if (pair.Distance > 1) { return s * s; } return s; } return Vec.Mean(q);",
        "Vec x = q * k; return Vec.Sum(x / Vec.Norm(x)) > 0.5f ? Vec.Norm(x) : Vec.Min(x) > 0f ? Vec.Sum(Vec.Log(x)) : Vec.Max(x);",
        "Vec.Max(Vec.Max(Vec.Log(Vec.Max(q, 0f)), -3f) * k)",
        "MathF.Max(MathF.Log(MathF.Max(Vec.Mean(q), 0f)), -1f)",
        "Vec.Max(Vec.Log(Vec.Abs(Vec.Max(q, 0f)))) > -9f ? Vec.Max(Vec.Log(Vec.Max(q, 0f))) : 0f",
        "MathF.Log(Vec.Mean(q)) > 0f ? 1f : Vec.Mean(k)",
        "Vec.Dot(q, k) / pair.Distance",
        "MathF.Log(pair.Distance * (1f + Vec.Dot(q, q)))",
        "(pair.Distance switch { 1 => Vec.Mean(q), 2 => Vec.Dot(q, k) / (pair.Distance - 1f), _ => Vec.Mean(k) / (pair.Distance - 2f) })",
    ];

    private static readonly TermClass[] _classes = [.. _bodies.Select((body, n) => new TermClass("U" + n, body))];

    public static TheoryData<int> Bodies => [.. Enumerable.Range(0, _bodies.Length)];

    private static readonly Lazy<TermKernels<double>> _double = new(() => new TermKernels<double>(_classes, withGradients: true));
    private static readonly Lazy<TermKernels<float>> _float = new(() => new TermKernels<float>(_classes, withGradients: true));

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Values_are_those_of_the_method_and_gradients_are_finite_central_differences(int body)
    {
        TermKernels<double>.Similarity similarity = _double.Value.SimilarityOf("U" + body);
        TermKernels<double>.Gradient gradient = _double.Value.GradientOf("U" + body);
        for (int trial = 0; trial < 30; trial++)
        {
            var random = new Random(trial);
            TermPoint<double> point = TermPoint<double>.Random(random), direction = TermPoint<double>.Random(random);
            if (trial % 3 == 0)
            {
                // Tokens at the very end of the domain: zeros, and a vector of zeros.
                Zero(point, direction, token: 1, dimensions: Dim);
                Zero(point, direction, token: 2, dimensions: 1);
            }

            double[] actual = point.Couplings(similarity, 0, Scratch);
            AssertValues("U" + body, point, actual);
            TermPoint<double> gradients = point.Gradients(gradient, 0, Scratch);
            double slope = gradients.Inputs.Zip(direction.Inputs, (g, d) => g.Zip(d, (x, y) => x * y).Sum()).Sum();
            const double H = 1e-5;
            double At(int steps) => point.Plus(steps * H, direction).Loss(point.Plus(steps * H, direction).Couplings(similarity, 0, Scratch));
            double difference = (8 * (At(1) - At(-1)) - (At(2) - At(-2))) / (12 * H);
            Assert.True(double.IsFinite(slope), $"{_bodies[body]}, {trial}: {slope}");

            // At a corner of the term the difference is of both sides.
            double half = (At(1) - At(-1)) / (2 * H);
            if (Math.Abs(half - difference) < 1e-6 * (1 + Math.Abs(half)))
            {
                Assert.True(Math.Abs(slope - difference) < 1e-5 * (1 + Math.Abs(slope)), $"{_bodies[body]}, {trial}: {slope} {difference}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Gradients_in_single_precision_are_those_in_double(int body)
    {
        for (int trial = 0; trial < 10; trial++)
        {
            TermPoint<double> point = TermPoint<double>.Random(new Random(trial));
            TermPoint<double> expected = point.Gradients(_double.Value.GradientOf("U" + body), 0, Scratch);
            TermPoint<float> actual = point.As<float>().Gradients(_float.Value.GradientOf("U" + body), 0, Scratch);
            double scale = 1 + expected.Inputs.Sum(x => x.Sum(Math.Abs));
            Assert.All(expected.Inputs.Zip(actual.Inputs), p =>
                Assert.All(p.First.Zip(p.Second), x => Assert.Equal(x.First, x.Second, 1e-4 * scale)));
        }
    }

    private static void AssertValues(string name, TermPoint<double> point, double[] actual)
    {
        Func<Vec, Vec, TokenPair, float, Vec, float> term = _double.Value.TermOf(name);
        for (int i = 0; i < Tokens; i++)
        {
            for (int j = 0; j < Tokens; j++)
            {
                if (i != j)
                {
                    float expected = term(point.QueryOf(i), point.KeyOf(j), new TokenPair(i, j, 0), (float)point.A[0], point.Weights);
                    Assert.True(float.IsFinite(expected));
                    Assert.Equal(expected, actual[i * Stride + j], 2e-4 * (1 + Math.Abs(expected)));
                }
            }
        }
    }

    private static void Zero(TermPoint<double> point, TermPoint<double> direction, int token, int dimensions)
    {
        for (int d = 0; d < dimensions; d++)
        {
            foreach (double[] features in new[] { point.Query, point.Key, direction.Query, direction.Key })
            {
                features[d * Stride + token] = 0;
            }
        }
    }
}
