using Qama.Layers;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>What a conditional does not take, a pair that no loss depends on and a token that is absent have no part in
/// gradients, whatever they would have been; corners have the native kernels' derivatives.</summary>
public class UndefinedTests
{
    private static readonly string[] _bodies =
    [
        // Branches that overflow or are undefined where they are not taken.
        "Vec.Mean(q) > 0f ? MathF.Sqrt(Vec.Mean(q)) : 0f",
        "Vec.Mean(q) > 0f ? MathF.Log(Vec.Mean(q)) : Vec.Mean(k)",
        "Vec.Dot(q, k) > 0f ? MathF.Sqrt(Vec.Dot(q, k)) : 0f",
        "Vec.Dot(q, k) > 0f ? MathF.Log(Vec.Dot(q, k)) * Vec.Mean(k) : 1f",
        "Vec.Sum(q) != 0f ? Vec.Sum(k) / Vec.Sum(q) : 0f",
        "Vec.Mean(q) < 0.1f ? MathF.Exp(MathF.Exp(9f * Vec.Mean(q))) : 1f",
        "a > 0.5f ? MathF.Sqrt(a - 0.5f) : a",
        "Vec.Mean(w) > 0f ? MathF.Log(Vec.Mean(w)) : Vec.Mean(q)",
        "pair.Distance < 9 ? Vec.Mean(k) : MathF.Sqrt(Vec.Min(q) - 1f)",
        "pair.Distance < 9 ? Vec.Dot(q, k) : Vec.Dot(Vec.Log(q), k)",
        "Vec.Min(q) > 0f ? Vec.Dot(Vec.Log(q), k) : Vec.Dot(q, k)",
        "Vec.Min(q) > 0f && Vec.Min(k) > 0f ? Vec.Dot(Vec.Sqrt(q), Vec.Sqrt(k)) : 0f",
        "Vec.Min(k) > 0f ? MathF.Sqrt(Vec.Min(k)) * MathF.Sqrt(Vec.Min(k)) * MathF.Log(Vec.Min(k)) : 0f",
        "float s = MathF.Sqrt(Vec.Dot(q, k)); return Vec.Dot(q, k) > 0f ? s : Vec.Mean(q) > 2f ? 2f * s : 0f;",
        "float s = MathF.Log(Vec.Min(q)); if (Vec.Min(q) > 0f) { if (pair.Distance > 1) { return s * s; } return s; } return Vec.Mean(q);",
        "Vec x = q * k; return Vec.Sum(x / Vec.Norm(x)) > 0.5f ? Vec.Norm(x) : Vec.Min(x) > 0f ? Vec.Sum(Vec.Log(x)) : Vec.Max(x);",
        "Vec.Max(Vec.Max(Vec.Log(Vec.Max(q, 0f)), -3f) * k)",
        "MathF.Max(MathF.Log(MathF.Max(Vec.Mean(q), 0f)), -1f)",
        "Vec.Max(Vec.Log(Vec.Abs(Vec.Max(q, 0f)))) > -9f ? Vec.Max(Vec.Log(Vec.Max(q, 0f))) : 0f",
        "MathF.Log(Vec.Mean(q)) > 0f ? 1f : Vec.Mean(k)",
        "(pair.Distance switch { 1 => Vec.Mean(q), 2 => Vec.Dot(q, k) / (pair.Distance - 1f), _ => Vec.Mean(k) / (pair.Distance - 2f) })",
        "Vec.Mean(q) > 0f ? MathF.Pow(Vec.Mean(q), 1.7f) + MathF.Tan(Vec.Mean(q)) : MathF.Cosh(1f / (Vec.Mean(k) + 2f))",
        "Vec.Mean(q) > 2f ? MathF.Sin(MathF.Exp(MathF.Exp(99f * Vec.Mean(k)))) : Vec.Mean(k)",

        // Undefined for a token with itself, or for one that is absent.
        "Vec.Dot(Vec.Log(Vec.Abs(q)), k)",
        "Vec.Dot(Vec.Log(Vec.Abs(q)), 1f / (0.5f + Vec.Abs(k)))",
        "MathF.Log(Vec.SquaredDistance(q, k))",
        "Vec.Dot(q, k) / (Vec.Norm(q) * Vec.Norm(k))",
        "1f / Vec.Norm(q - k)",
        "Vec.Norm(q - k)",

        // Corners: a norm of 0, a size of 0, equal numbers, equal elements of a vector.
        "Vec.Norm(q) + Vec.Norm(k)",
        "MathF.Abs(Vec.Mean(q)) + Vec.Sum(Vec.Abs(k))",
        "MathF.Max(Vec.Mean(q), Vec.Mean(k)) + 2f * MathF.Min(Vec.Mean(q), Vec.Mean(k))",
        "Vec.Sum(Vec.Max(q, k)) + Vec.Sum(Vec.Relu(q)) + Math.Clamp(Vec.Mean(k), -1f, 0f)",
        "Vec.Max(q) + Vec.Min(k) + Vec.LogSumExp(q) + Vec.Dot(Vec.Softmax(q), k)",
        "Vec.Max(q - k) * a",
    ];

    private static readonly Lazy<ListedTerms> _terms = new(() => new ListedTerms(_bodies));

    public static TheoryData<int> Bodies => [.. Enumerable.Range(0, _bodies.Length)];

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Nothing_undefined_reaches_a_gradient_and_corners_have_the_native_slopes(int body)
    {
        QuboAttentionLayer<double> layer = _terms.Value.Layer(body);
        for (int trial = 0; trial < 8; trial++)
        {
            var random = new Random(trial);
            CoefficientPoint[] points = [new(layer, random, ListedTerms.Tokens), new(layer, random, ListedTerms.Tokens - 2)];
            foreach (CoefficientPoint point in points)
            {
                Change(point, trial);
                SkipInfinite(layer, point);
            }

            _terms.Value.AssertSame(body, layer, points, 1e-9);
        }
    }

    /// <summary>Tokens at corners: of zeros, of equal numbers, keys that are the queries.</summary>
    private static void Change(CoefficientPoint point, int trial)
    {
        for (int h = 0; h < point.Heads; h++)
        {
            for (int d = 0; d < point.Dim; d++)
            {
                if (trial % 3 == 1)
                {
                    point.Query[h, 0, d] = point.Query[h, 0, 0];
                    point.Key[h, 0, d] = point.Query[h, 0, 0];
                    point.Query[h, 1, d] = point.Key[h, 2, d] = 0;
                }

                for (int i = 0; trial % 3 == 2 && i < point.Present; i++)
                {
                    point.Key[h, i, d] = point.Query[h, i, d];
                }
            }
        }
    }

    /// <summary>A problem with an infinite coefficient is none.</summary>
    private static void SkipInfinite(QuboAttentionLayer<double> layer, CoefficientPoint point)
    {
        double[] couplings = NativeCoefficients.Compute(layer, point).Couplings;
        for (int at = 0; at < couplings.Length; at++)
        {
            int n = point.Tokens, h = at / (n * n), i = at / n % n, j = at % n;
            if (!double.IsFinite(couplings[at]))
            {
                point.Skip(h, i, j);
                point.Skip(h, j, i);
            }
        }
    }
}
