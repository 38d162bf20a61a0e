using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Terms;

/// <summary>What a newcomer would write.</summary>
public class NaturalBodyTests
{
    private static readonly string[] _bodies =
    [
        "a *= 2f; w = w + 1f; return a * Vec.Sum(w);",
        "q -= k; return Vec.Norm(q);",
        "float s = 0f; for (int n = 1; n <= 3; n++) { s += MathF.Exp(-Vec.SquaredDistance(q, k) / (n * n)); } return s;",
        "float s = 0f; for (int n = 4; n > 0; n -= 2) { if (pair.Distance == n) { return n * a; } s += n; } return s * Vec.Mean(q);",
        "for (int n = 0; n < 2; n++) { for (int m = n; m < 2; m++) { a += (n + 2 * m) * Vec.Dot(q, k); } } return a;",
        "var (p, r) = (Vec.Softmax(q), Vec.Softmax(k)); (p, r) = (r, p); return Vec.Sum(p * r * r);",
        "float s; if (pair.Distance > 1) { s = a; } else { s = Vec.Mean(k); } return s * Vec.Mean(q);",
        "if (pair.I > 1) { if (pair.J > 1) { return a; } a += 1f; } return a * Vec.Mean(q);",
        "if (Vec.Mean(q) > 0f) { if (Vec.Mean(k) > 0f) return 1f; else a = -a; } else if (pair.I == 0) { return 2f; } return a;",
        "int n = 0; n++; ++n; n--; return n * a;",
        "Vec x = Vec.Mean(q) > 0f ? q : Vec.Softmax(k); return Vec.Sum(x * w) * MathF.PI;",
        "const float Half = 0.5f; { float inner = Half * a; a = inner; } return a * Vec.Dot(q, k);",
        "return MathF.Log(2f + Vec.SquaredNorm(q), 3f) + MathF.Tan(0.3f * Vec.Mean(k)) + Other.Constant * (float)Math.E;",
        "double wide = Vec.Dot(q, k); wide = Math.Exp(-Math.Abs(wide)); return (float)wide;",
    ];

    private const string Other = "static class Other { public const float Constant = 0.25f; }";

    public static TheoryData<int> Bodies => [.. Enumerable.Range(0, _bodies.Length)];

    private static readonly Lazy<TermKernels<double>> _kernels = new(() => new TermKernels<double>(
        [.. _bodies.Select((body, n) => new TermClass("N" + n, body) { Others = n == 0 ? Other : "" })],
        withGradients: false));

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_natural_body_is_its_kernel(int body)
    {
        TermPoint<double> point = TermPoint<double>.Random(new Random(body));
        double[] actual = point.Couplings(_kernels.Value.SimilarityOf("N" + body), 0, 4096);
        Func<Vec, Vec, TokenPair, float, Vec, float> term = _kernels.Value.TermOf("N" + body);
        for (int i = 0; i < TermClass.FewTokens; i++)
        {
            for (int j = 0; j < TermClass.FewTokens; j++)
            {
                if (i != j)
                {
                    float expected = term(point.QueryOf(i), point.KeyOf(j), new TokenPair(i, j, 0), (float)point.A[0], point.Weights);
                    Assert.Equal(expected, actual[i * 16 + j], 1e-5 * (1 + Math.Abs(expected)));
                }
            }
        }
    }

    [Theory]
    [InlineData("{|QAMA0403:for (int d = 0; d < v.Length; d++) { s += 1f; }|}")]
    [InlineData("{|QAMA0403:for (int d = 0; ; d++) { s += 1f; }|}")]
    [InlineData("for (int d = 0; d < 3; d++) { s += {|QAMA0404:v[d]|}; }")]
    [InlineData("for (int d = 0; d < 3; d++) { {|QAMA0403:break;|} }")]
    [InlineData("{|QAMA0403:foreach (float x in new[] { 1f }) { s += x; }|}")]
    [InlineData("s += {|QAMA0405:System.MathF.Cbrt(s)|};")]
    public async Task What_has_no_counterpart_is_reported_once(string statement) => await new DeclarationTest(
        "using Qama;\n[QuboAttention(Tokens = 4, EmbeddingDim = 6)]\n[Heads(2)]\npartial class M\n{\n"
        + "[FieldTerm] static float Salience(Vec v) { float s = 0f; " + statement + " return s + Vec.Sum(v); }\n}\n").RunAsync();
}
