using Qama.Generators.Model;
using Qama.Generators.Tests.Reading;

namespace Qama.Generators.Tests.Diagnostics;

public class LearnedCouplingTests
{
    [Theory]
    [InlineData("16", "LearnedCoupling")]
    [InlineData("16", "LearnedCoupling(Form = LearnedCouplingForm.Relative, PerHead = true, Weight = 0.5, Initial = double.NaN)")]
    [InlineData("16", "LearnedCoupling, Coupling(Similarity.None, Normalize = Normalization.Batch)")]
    [InlineData("2", "LearnedCoupling")]
    [InlineData("1", "{|QAMA0045:LearnedCoupling|}")]
    [InlineData("1", "{|QAMA0045:LearnedCoupling|}(Form = LearnedCouplingForm.Relative)")]
    [InlineData("16", "LearnedCoupling(Initial = {|QAMA0046:double.PositiveInfinity|})")]
    [InlineData("16", "LearnedCoupling(Weight = {|QAMA0102:0|})")]
    [InlineData("16", "LearnedCoupling(Weight = {|QAMA0102:double.NaN|})")]
    [InlineData("16", "LearnedCoupling(Form = {|QAMA0015:(LearnedCouplingForm)2|})")]
    [InlineData("16", "LearnedCoupling, Coupling(Similarity.ScaledDotProduct, Form = {|QAMA0036:CouplingForm.Factored|})")]
    [InlineData("256", "{|QAMA0037:LearnedCoupling|}(Form = LearnedCouplingForm.Relative), Coupling(Similarity.ScaledDotProduct)")]
    public async Task Declarations_are_checked(string tokens, string attributes) => await Declared.AssertAsync(
        $"[QuboAttention(Tokens = {tokens}, EmbeddingDim = 8), Heads(2), {attributes}] partial class M;");

    [Fact]
    public async Task Learned_numbers_that_fit_no_array_are_too_large() => await Declared.AssertAsync(
        "[QuboAttention(Tokens = {|QAMA0501:16384|}, EmbeddingDim = 64), Heads(16), LearnedCoupling(PerHead = true)] partial class M;");

    [Fact]
    public async Task A_token_of_its_own_has_a_learned_coupling_where_the_diagonal_is_kept() => await Declared.AssertAsync(
        "[QuboAttention(Tokens = 1, EmbeddingDim = 4, Preset = Preset.QamaV1), Heads(2), LearnedCoupling] partial class M;");

    [Fact]
    public async Task Learnables_of_terms_start_at_finite_numbers_too() => await Declared.AssertAsync("""
        [QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4)]
        partial class M
        {
            [CouplingTerm]
            static float Scaled(Vec q, Vec k, [Learnable(double.NegativeInfinity)] float {|QAMA0046:scale|}, [Learnable(double.NaN)] float other) =>
                (scale + other) * Vec.Dot(q, k);
        }
        """);

    [Theory]
    [InlineData(Preset.None, null, 1.0, Similarity.None)]
    [InlineData(Preset.None, Similarity.Cosine, 1.0, Similarity.Cosine)]
    [InlineData(Preset.QamaV2, null, 1.0, Similarity.ScaledDotProduct)]
    [InlineData(Preset.QamaV1, null, 1.0, Similarity.JensenShannon)]
    [InlineData(Preset.QamaV2, Similarity.None, 0.0, Similarity.None)]
    public void What_is_learned_is_added_to_what_is_declared(Preset preset, Similarity? written, double weight, Similarity expected)
    {
        DeclaredAttribute learned = Declare.Attribute("LearnedCoupling", ("Weight", 0.5));
        ModelSpecification model = written is { } similarity
            ? Declare.Resolve((int)preset, learned, Declare.Attribute("Coupling", ("Similarity", (int)similarity), ("Weight", weight)))
            : Declare.Resolve((int)preset, learned);
        Assert.Equal((int)expected, (int)model.Coupling.Similarity);
        Assert.Equal(1, model.Coupling.Weight);
        Assert.Equal(0.5, model.LearnedCoupling?.Weight);
        Assert.True(model.HasCoupling);
    }
}
