namespace Qama.Generators.Tests.Diagnostics;

/// <summary>Forced factored couplings on models that factor and on models that do not.</summary>
public class CouplingFormTests
{
    private const string Forced = "Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored)";
    private const string Refused = "Coupling(Similarity.ScaledDotProduct, Form = {|QAMA0036:CouplingForm.Factored|})";

    [Theory]
    [InlineData("")]
    [InlineData(", Field(Importance.ValueEntropy, Normalize = Normalization.Batch)")]
    [InlineData(", HeadExclusion(Weight = 1)")]
    [InlineData(", SoftSelection(Bits = 1, Curvature = 0.5)")]
    [InlineData(", Readout(ReadoutKind.LocalEnergy, Weighted = true, Normalize = Normalization.Batch)")]
    [InlineData(", Readout(ReadoutKind.Expectation, Reads = 4, Temperature = 1)")]
    [InlineData(", Readout(ReadoutKind.SelectedAttention)")]
    [InlineData(", Readout(ReadoutKind.EntropyShare), Field(Importance.ValueEntropy)")]
    [InlineData(", SoftSelection(Bits = 2, Curvature = 0.5)")]
    [InlineData(", HeadExclusion(Hard = true, Weight = {|QAMA0203:50|})")]
    [InlineData(", Sparsity(AtMost = 3, Weight = {|QAMA0203:50|})")]
    [InlineData(", LongRange(MinDistance = 2, Weight = 1)")]
    [InlineData(", Mask(MaskPattern.Window, Size = 2)")]
    [InlineData(", Mask(MaskPattern.Block, Size = 4)")]
    [InlineData(", Grid(4, 4)")]
    public async Task A_model_that_factors_may_be_forced_to(string others) => await Declared.AssertAsync(
        $"[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), {Forced}{others}] partial class M;");

    [Theory]
    [InlineData(", Grid(4, 4), Mask(MaskPattern.Window, Size = 2)")]
    [InlineData(", Grid(4, 4), LongRange(MinDistance = 2, Weight = 1)")]
    public async Task Distances_on_grids_do_not_factor(string others) => await Declared.AssertAsync(
        $"[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), {Refused}{others}] partial class M;");

    [Theory]
    [InlineData("Similarity.Cosine")]
    [InlineData("Similarity.NegativeSquaredDistance")]
    [InlineData("Similarity.ScaledDotProduct, Normalize = Normalization.Batch")]
    public async Task Couplings_that_are_products_of_features_do(string coupling) => await Declared.AssertAsync(
        $"[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), Coupling({coupling}, Form = CouplingForm.Factored)] partial class M;");

    [Theory]
    [InlineData("Similarity.JensenShannon", "")]
    [InlineData("Similarity.ScaledDotProduct, Normalize = Normalization.Batch", ", Mask(MaskPattern.Window, Size = 2)")]
    public async Task Others_do_not(string coupling, string others) => await Declared.AssertAsync(
        $"[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), Coupling({coupling}, Form = {{|QAMA0036:CouplingForm.Factored|}}){others}] partial class M;");

    [Fact]
    public async Task Nor_do_terms_of_pairs() => await Declared.AssertAsync($$"""
        [QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), {{Refused}}]
        partial class M
        {
            [PairTerm(Weight = 1)]
            static float Near(TokenPair pair) => 1f / pair.Distance;
        }
        """);

    [Theory]
    [InlineData("Vec.Sum(Vec.Tanh(q * k))", Refused)]
    [InlineData("Vec.Sum(Vec.Tanh(q)) * Vec.Dot(q, k)", Forced)]
    public async Task Coupling_terms_do_if_they_are_products_of_features(string body, string coupling) => await Declared.AssertAsync($$"""
        [QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), {{coupling}}]
        partial class M
        {
            [CouplingTerm]
            static float Affinity(Vec q, Vec k) => {{body}};
        }
        """);

    [Theory]
    [InlineData(16, "Form = CouplingForm.Factored, Features = FeaturePrecision.BFloat16")]
    [InlineData(256, "Features = FeaturePrecision.BFloat16")]
    [InlineData(16, "Features = FeaturePrecision.Full")]
    [InlineData(16, "Features = {|QAMA0029:FeaturePrecision.BFloat16|}")]
    [InlineData(256, "Form = CouplingForm.Dense, Features = {|QAMA0029:FeaturePrecision.BFloat16|}")]
    [InlineData(16, "Form = CouplingForm.Factored, Features = {|QAMA0015:(FeaturePrecision)2|}")]
    public async Task Features_have_a_precision_where_couplings_are_kept_as_such(int tokens, string arguments) => await Declared.AssertAsync(
        $"[QuboAttention(Tokens = {tokens}, EmbeddingDim = 64), Heads(4), Coupling(Similarity.ScaledDotProduct, {arguments})] partial class M;");

    [Theory]
    [InlineData("SoftSelection(Bits = 2, Curvature = 1)", false)]
    [InlineData("Sparsity(AtMost = 3, Weight = 50)", false)]
    [InlineData("HeadExclusion(Hard = true, Weight = 50)", false)]
    [InlineData("LongRange(MinDistance = 2, Weight = 1)", false)]
    [InlineData("Mask(MaskPattern.Window, Size = 2)", false)]
    [InlineData("Mask(MaskPattern.Window, Size = 14)", false)]
    [InlineData("Mask(MaskPattern.Block, Size = 4)", false)]
    [InlineData("Mask(MaskPattern.Window, Size = {|QAMA0116:15|})", true)]
    [InlineData("Mask(MaskPattern.Block, Size = {|QAMA0116:16|})", true)]
    [InlineData("HeadExclusion(Weight = 1)", true)]
    [InlineData("SoftSelection(Bits = 1, Curvature = 0.5)", true)]
    [InlineData("Readout(ReadoutKind.Expectation)", true)]
    [InlineData("Field(Importance.ValueNorm)", true)]
    public async Task Features_are_compact_only_in_annealing_of_plain_bits_that_all_interact(string attribute, bool compact)
    {
        string value = compact ? "FeaturePrecision.BFloat16" : "{|QAMA0029:FeaturePrecision.BFloat16|}";
        await Declared.AssertAsync($"""
            [QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), {attribute}]
            [Coupling(Similarity.Cosine, Form = CouplingForm.Factored, Features = {value})]
            partial class M;
            """);
    }

    [Fact]
    public async Task One_head_has_no_exclusion_and_terms_beside_a_removed_similarity_have_a_precision() => await Declared.AssertAsync("""
        [QuboAttention(Tokens = 256, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(1), {|QAMA0103:HeadExclusion|}(Hard = true)]
        [Coupling(Similarity.Cosine, Weight = 0, Features = FeaturePrecision.BFloat16)]
        partial class M
        {
            [CouplingTerm]
            static float Affinity(Vec q, Vec k) => Vec.Dot(q, k);
        }
        """);
}
