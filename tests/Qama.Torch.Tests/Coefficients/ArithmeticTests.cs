using System.Text.RegularExpressions;
using Qama.Generators.Tests.Terms.Arithmetic;
using Qama.Layers;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>C#'s arithmetic of all its types on numbers that depend on query and key: to the last bit, which rounding and wrapping
/// decide.</summary>
public partial class ArithmeticTests
{
    private const int Count = 60;

    // Those of functions have last bits of their own.
    private static readonly string[] _bodies =
    [
        .. Enumerable.Range(0, 2000).Select(n => new RandomArithmetic(n, "m1", "m2").Body).Where(b => !Functions().IsMatch(b)).Take(Count)
            .Select(b => $"int m1 = (int)(7f * Vec.Max(q)), m2 = (int)(5f * Vec.Min(k) + 3f * a); {b}"),
    ];

    [Fact]
    public void Numbers_of_every_type_are_those_of_the_native_kernels()
    {
        var terms = new ListedTerms(_bodies);
        int[] layers = [.. Enumerable.Range(0, Count).Where(terms.IsLayer)];
        Assert.True(layers.Length > Count / 2, $"{layers.Length}");
        foreach (int body in layers)
        {
            QuboAttentionLayer<double> layer = terms.Layer(body);
            CoefficientPoint point = new(layer, new Random(body), ListedTerms.Tokens);
            terms.AssertSame(body, layer, [point], 1e-15);
        }
    }

    [GeneratedRegex(@"\.(Exp|Log|Log2|Log10|Tanh|Sinh|Cosh|Sin|Cos|Tan|Pow|FusedMultiplyAdd)\(")]
    private static partial Regex Functions();
}
