namespace Qama.Generators.Tests.Terms;

/// <summary>Ordinary code that repeats itself: as a tree its formula would have millions of operations or more, as a graph it has
/// dozens.</summary>
public class RepeatedBodyTests
{
    private const string Gelu = "x = 0.5f * x * (1f + MathF.Tanh(0.797885f * (x + 0.044715f * x * x * x)));";

    /// <summary>x to the power of 29,791 has so many times the rounding error of x.</summary>
    private const double PowerTolerance = 29_791 * 2.4e-7;

    private static readonly (string Name, string Body)[] _bodies =
    [
        ("Newton", "float s = Vec.Dot(q, k) * Vec.Dot(q, k) + 1f, x = s; for (int i = 0; i < 10; i++) x = 0.5f * (x + s / x); return x;"),
        ("Gelu", $"float x = 3f * Vec.Dot(q, k) + a; {Repeat(Gelu, 6)} return x;"),
        ("Power", $"float x = 1f - 1e-5f * Vec.SquaredNorm(q - k) * a; {Repeat("x = MathF.Pow(x, 31f);", 3)} return x;"),
        ("Switch", $"float x = Vec.Dot(q, k); {Repeat("x = x switch { < -0.2f => x * x, > 0.3f => x - a, _ => x + a * x };", 5)} return x;"),
        ("Texts", $"float x = Vec.Dot(q, k); {Repeat("x = MathF.Sin(x) + MathF.Cos(x);", 16)} return x;"),
        ("Loop", "float x = Vec.Dot(q, k) + 0.5f; for (int i = 0; i < 12; i++) x = 0.5f * (x + 2f / (x * x + 1f)) * MathF.Cos(x); return x;"),
        ("Conditional", $"float x = Vec.Dot(q, k); {Repeat("x = x > 0.#f ? x * a : x - 0.1f;", 20)} return x;"),
        ("Branches", $"float x = Vec.Dot(q, k); {Repeat("if (x > 0.#f) { x = x * a; } else { x -= 0.1f * a; }", 20)} return x;"),
        ("Returns", $"float x = Vec.Dot(q, k); bool c = x > a; {Repeat("if (c) { if (x < 0.#f) return x + 0.#f; x *= 0.9f; }", 40)} return x;"),
        ("Early", $"float x = Vec.Dot(q, k); {Repeat("if (x > 1.#f) return a * x; x += 0.1f * x * x;", 20)} return x;"),
        ("Maximum", $"Vec v = q; {Repeat("v = Vec.Max(v * k, v - 0.#f);", 20)} return Vec.Sum(v) * a;"),
        ("Relu", $"Vec v = q * k; {Repeat("v = 0.5f * (Vec.Relu(v * 1.#f) + v);", 20)} return Vec.Sum(v) * a;"),
        ("Sum", $"Vec v = q; {Repeat("v = 0.6f * (v + (v - w * k));", 22)} return Vec.Sum(v * k);"),
        ("Product", $"Vec v = 1f + 0.1f * q * k; {Repeat("v = v * v;", 6)} return Vec.Mean(v);"),
        ("Softmax", $"Vec v = q; {Repeat("v = Vec.Softmax(v * k + v) + 0.1f * w;", 6)} return Vec.Sum(v * q);"),
        ("Reductions", $"Vec v = q; {Repeat("v = v * (0.5f + Vec.Mean(v * k));", 12)} return Vec.Dot(v, k) * 3f;"),
        ("Positions", $"float x = pair.I * 0.1f; {Repeat("x = MathF.Sin(x) + 0.3f * x * MathF.Cos(x - pair.J);", 16)} return x * Vec.Dot(q, k);"),
        ("Operands", $"return Vec.Dot(q, k){Repeat(" + 0.1f * pair.I", 400)}{Repeat(" - a * 0.#f", 400)};"),
        ("Calls", "return Larger(Half(Larger(Half(Larger(a, Vec.Mean(q))), Vec.Mean(k))), Half(Half(Larger(Half(a), Vec.Dot(q, k)))));"),
    ];

    private static readonly Lazy<TermKernels<double>> _precise = new(() => Compile<double>(withGradients: true));
    private static readonly Lazy<TermKernels<float>> _single = new(() => Compile<float>(withGradients: false));

    public static TheoryData<string> Names => [.. _bodies.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_is_the_method_and_its_gradient_the_differences(string name)
    {
        var random = new Random(11);
        TermPoint<double> point = TermPoint<double>.Random(random), direction = TermPoint<double>.Random(random);
        TermKernels<double>.Similarity kernel = _precise.Value.SimilarityOf(name);
        double[] precise = point.Couplings(kernel, 0, Scratch);
        float[] single = point.As<float>().Couplings(_single.Value.SimilarityOf(name), 0, Scratch);
        Func<Vec, Vec, TokenPair, float, Vec, float> term = _precise.Value.TermOf(name);
        double tolerance = name == "Power" ? PowerTolerance : 2e-4;
        for (int i = 0; i < TermClass.FewTokens; i++)
        {
            for (int j = 0; j < TermClass.FewTokens; j++)
            {
                if (i != j)
                {
                    float expected = term(point.QueryOf(i), point.KeyOf(j), new TokenPair(i, j, 0), (float)point.A[0], point.Weights);
                    Assert.Equal(expected, precise[i * point.Stride + j], tolerance * (1 + Math.Abs(expected)));
                    Assert.Equal(expected, single[i * point.Stride + j], 2 * tolerance * (1 + Math.Abs(expected)));
                }
            }
        }

        TermPoint<double> gradients = point.Gradients(_precise.Value.GradientOf(name), 0, Scratch);
        double slope = 0, scale = 1;
        foreach ((double[] gradient, double[] along) in gradients.Inputs.Zip(direction.Inputs))
        {
            slope += gradient.Zip(along, (g, d) => g * d).Sum();
            scale += gradient.Zip(along, (g, d) => Math.Abs(g * d)).Sum();
        }

        const double H = 1e-5;
        double difference = (At(H) - At(-H)) / (2 * H);
        Assert.Equal(difference, slope, 1e-5 * scale);
        Assert.NotEqual(0, slope);

        double At(double step)
        {
            TermPoint<double> moved = point.Plus(step, direction);
            return moved.Loss(moved.Couplings(kernel, 0, Scratch));
        }
    }

    private const int Scratch = 1 << 16;

    private static TermKernels<T> Compile<T>(bool withGradients)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        new([.. _bodies.Select(b => new TermClass(b.Name, b.Body))], withGradients);

    /// <summary>A text several times, with its number for every #.</summary>
    private static string Repeat(string text, int count) => string.Concat(Enumerable.Range(0, count)
        .Select(n => text.Replace("#", n.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)));
}
