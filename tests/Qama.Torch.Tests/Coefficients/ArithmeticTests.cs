using System.Text.RegularExpressions;
using Qama.Generators.Tests.Terms.Arithmetic;
using Qama.Layers;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>C#'s arithmetic of all its types on numbers that depend on query and key: to the last bit, which rounding
/// and wrapping decide.</summary>
public partial class ArithmeticTests
{
    private const int Count = 100;

    // Those of functions have last bits of their own, and a real number of an input is cut to no whole one.
    private static readonly string[] _bodies =
    [
        .. Enumerable.Range(0, 2000).Select(n => new RandomArithmetic(n, "m1", "m2").Body).Where(b => !Excluded().IsMatch(b)).Take(Count)
            .Select(b => $"int m1 = Vec.Mean(q) > 0f ? pair.I + 2 : 9, m2 = Vec.Dot(q, k) < 0.1f ? -pair.J : (pair.I + 1) / 2; {b}"),
    ];

    [Fact]
    public void Numbers_of_every_type_are_those_of_the_native_kernels()
    {
        var terms = new ListedTerms(_bodies);
        int[] layers = [.. Enumerable.Range(0, Count).Where(terms.IsLayer)];
        Assert.True(layers.Length > Count / 3, $"{layers.Length}");
        foreach (int body in layers)
        {
            QuboAttentionLayer<double> layer = terms.Layer(body);
            CoefficientPoint point = new(layer, new Random(body), ListedTerms.Tokens);
            terms.AssertSame(body, layer, [point], 1e-15);
        }
    }

    [GeneratedRegex(@"\.(Exp|Log|Log2|Log10|Tanh|Sinh|Cosh|Sin|Cos|Tan|Pow|FusedMultiplyAdd)\(")]
    private static partial Regex Excluded();
}
