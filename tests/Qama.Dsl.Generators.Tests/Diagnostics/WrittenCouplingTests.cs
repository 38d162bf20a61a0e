namespace Qama.Generators.Tests.Diagnostics;

/// <summary>Couplings of many tokens that are written out are named at the place that makes them so; near cases are not.</summary>
public class WrittenCouplingTests
{
    private const string Dot = "Coupling(Similarity.ScaledDotProduct)";

    [Theory]
    [InlineData("", "Coupling({|QAMA0037:Similarity.JensenShannon|})")]
    [InlineData("", "Coupling(similarity: {|QAMA0037:Similarity.JensenShannon|}, Weight = 2)")]
    [InlineData(", Preset = {|QAMA0037:Preset.QamaV1|}", "Inputs(Projected = true)")]
    [InlineData(", Preset = Preset.QamaV2Stable", "Mask({|QAMA0037:MaskPattern.Window|}, Size = 9)")]
    [InlineData("", "Coupling(Similarity.Cosine, Normalize = Normalization.Batch), Mask({|QAMA0037:MaskPattern.Block|}, Size = 9)")]
    [InlineData("", "Grid(16, 32), Mask({|QAMA0037:MaskPattern.Window|}, Size = 2)")]
    [InlineData("", "Grid(16, 32), {|QAMA0037:LongRange|}(MinDistance = 2, Weight = 1)")]
    public async Task They_are_named_where_they_come_from(string root, string attributes) => await AssertAsync(root, attributes);

    [Theory]
    [InlineData("", Dot)]
    [InlineData("", "Coupling(Similarity.JensenShannon, Form = CouplingForm.Dense)")]
    [InlineData("", "Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Dense), Grid(16, 32), Mask(MaskPattern.Window, Size = 2)")]
    [InlineData("", "Coupling(Similarity.JensenShannon, Form = {|QAMA0036:CouplingForm.Factored|})")]
    [InlineData(", Preset = Preset.QamaV2Stable", "Heads(4)")]
    [InlineData(", Preset = Preset.QamaV2", "Mask(MaskPattern.Window, Size = 9)")]
    [InlineData(", Preset = Preset.QamaV2Stable", "Coupling(Similarity.Cosine, Weight = 0)")]
    [InlineData("", "Mask(MaskPattern.Block, Size = 9), LongRange(MinDistance = 2, Weight = 1)")]
    [InlineData("", "Grid(16, 32), Mask(MaskPattern.Block, Size = 8)")]
    [InlineData("", "Coupling({|QAMA0015:(Similarity)99|})")]
    public async Task Others_are_not(string root, string attributes) => await AssertAsync(root, attributes);

    [Theory]
    [InlineData(255, 8, false)]
    [InlineData(256, 8, true)]
    [InlineData(511, 128, false)]
    [InlineData(512, 128, true)]
    public async Task Nor_are_those_of_few_tokens(int tokens, int width, bool reported)
    {
        string similarity = reported ? "{|QAMA0037:Similarity.JensenShannon|}" : "Similarity.JensenShannon";
        await Declared.AssertAsync(
            $"[QuboAttention(Tokens = {tokens}, EmbeddingDim = {width}), Heads(1), Coupling({similarity})] partial class M;");
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(256, true)]
    [InlineData(49, false)]
    public async Task The_first_preset_is_named_where_its_tokens_are_many(int tokens, bool projected)
    {
        string preset = tokens >= 256 ? "{|QAMA0037:Preset.QamaV1|}" : "Preset.QamaV1";
        string bias = projected ? "" : ", Inputs(Projected = false)";
        await Declared.AssertAsync(
            $"[QuboAttention(Tokens = {tokens}, EmbeddingDim = 64, Preset = {preset}), Heads(4){bias}] partial class M;");
    }

    [Theory]
    [InlineData("MathF.Log(1f + pair.Distance) * Vec.Dot(q, k)", true)]
    [InlineData("MathF.Tanh(Vec.Dot(q, k)) + 0.1f * pair.I", true)]
    [InlineData("Vec.Dot(Vec.Tanh(q), k) + 0.1f * pair.I", false)]
    public async Task Coupling_terms_are_named_at_their_method(string body, bool reported)
    {
        string method = reported ? "{|QAMA0037:Affinity|}" : "Affinity";
        await Declared.AssertAsync($$"""
            using System;
            [QuboAttention(Tokens = 512, EmbeddingDim = 64), Heads(4)]
            partial class M
            {
                [CouplingTerm]
                static float Plain(Vec q, Vec k) => Vec.Dot(q, k);

                [CouplingTerm]
                static float {{method}}(Vec q, Vec k, TokenPair pair) => {{body}};
            }
            """);
    }

    [Fact]
    public async Task Pair_terms_are_named_at_their_method() => await Declared.AssertAsync("""
        [QuboAttention(Tokens = 512, EmbeddingDim = 64), Heads(4)]
        partial class M
        {
            [TokenTerm(Weight = 1)]
            static float Edge(TokenPosition token) => token.Index == 0 ? 1f : 0f;

            [PairTerm(Weight = 1)]
            static float {|QAMA0037:Near|}(TokenPair pair) => 1f / pair.Distance;
        }
        """);

    [Fact]
    public async Task What_is_no_single_part_is_named_at_the_tokens() => await Declared.AssertAsync("""
        [QuboAttention(Tokens = {|QAMA0037:512|}, EmbeddingDim = 64), Heads(4)]
        partial class M
        {
            [CouplingTerm]
            static float One(Vec q, Vec k) => Vec.Dot(q, k);

            [CouplingTerm(Weight = 0.5)]
            static float Other(Vec q, Vec k) => -2f * Vec.Dot(q, k);
        }
        """);

    private static async Task AssertAsync(string root, string attributes)
    {
        string heads = attributes.Contains("Heads(", StringComparison.Ordinal) ? "" : "Heads(4), ";
        await Declared.AssertAsync($"[QuboAttention(Tokens = 512, EmbeddingDim = 64{root}), {heads}{attributes}] partial class M;");
    }
}
