using System.Globalization;
using Microsoft.CodeAnalysis;
using Qama.Generators.Validation;

namespace Qama.Generators.Tests.Diagnostics;

public class MessageTests
{
    [Theory]
    [InlineData("Tokens = 0, EmbeddingDim = 64", "Heads(4)", "Tokens must be 1 to 1048576, but is 0")]
    [InlineData(
        "Tokens = 16385, EmbeddingDim = 64", "Heads(4), Coupling(Similarity.JensenShannon)", "Tokens must be 1 to 16384, but is 16385")]
    [InlineData(
        "Tokens = 16, EmbeddingDim = 64", "Heads(4), Coupling(Similarity.JensenShannon, Form = CouplingForm.Factored)",
        "The couplings of 'M' cannot be factored, because JensenShannon does not factor")]
    [InlineData("Tokens = 16", "Heads(4)", "EmbeddingDim must be 1 to 65536, but is not given")]
    [InlineData(
        "Tokens = 16, EmbeddingDim = 64", "Heads(6)",
        "EmbeddingDim 64 does not divide among 6 heads: change a number, or give HeadDim")]
    [InlineData("Tokens = 16, EmbeddingDim = 64", "Heads(4), Coupling((Similarity)99)", "99 is not a value of Similarity")]
    [InlineData(
        "Tokens = 16, EmbeddingDim = 64", "Heads(4), HeadExclusion(Weight = 1, Scale = TermScale.Tokens)",
        "TermScale.Tokens does not apply to [HeadExclusion]; expected None, MeanField or Pairs")]
    [InlineData(
        "Tokens = 16, EmbeddingDim = 64", "Heads(4), HeadExclusion(Weight = -0.5)",
        "The weight of [HeadExclusion] must be 1E-30 to 1E+30, but is -0.5")]
    [InlineData(
        "Tokens = 16, EmbeddingDim = 64", "Heads(4), Coupling(Similarity.ScaledDotProduct, Weight = double.NaN)",
        "The weight of [Coupling] must be 1E-30 to 1E+30, but is NaN")]
    [InlineData(
        "Tokens = 16384, EmbeddingDim = 64", "Heads(16), Coupling(Similarity.JensenShannon)",
        "'M' needs 4294967296 numbers in one array for the couplings of a sample; the longest array has 2147483591")]
    [InlineData(
        "Tokens = 4096, EmbeddingDim = 64", "Heads(8), Coupling(Similarity.JensenShannon)",
        "'M' writes couplings out, 8 x 4,096² of them, 512 MiB a sample, because JensenShannon does not factor")]
    [InlineData(
        "Tokens = 260, EmbeddingDim = 65", "Heads(1), Grid(26, 10), Mask(MaskPattern.Window, Size = 3)",
        "'M' writes couplings out, 1 x 260² of them, 0.27 MiB a sample, because the window is one on a grid")]
    [InlineData(
        "Tokens = 16, EmbeddingDim = 64",
        "Heads(4), SoftSelection(Bits = 2, Curvature = 1), Coupling(Similarity.Cosine, Form = CouplingForm.Factored, Features = FeaturePrecision.BFloat16)",
        "Features has no effect: features stay in single precision because selection weights have several bits")]
    public async Task Messages_say_what_is_wrong_in_every_culture(string root, string others, string message)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            var found = await Declared.DiagnosticsAsync($"using Qama; [QuboAttention({root}), {others}] partial class M;");
            Assert.Equal(message, Assert.Single(found).GetMessage(CultureInfo.CurrentCulture));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Messages_name_the_limits_that_are_checked()
    {
        AssertNames(Limits.EmbeddingDim, Descriptors.EmbeddingDimOutOfRange);
        AssertNames(Limits.EmbeddingDim, Descriptors.HeadDimOutOfRange);
        AssertNames(Limits.Heads, Descriptors.HeadCountOutOfRange);

        static void AssertNames(int limit, DiagnosticDescriptor descriptor) => Assert.Contains(
            $"must be 1 to {limit},", descriptor.MessageFormat.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
