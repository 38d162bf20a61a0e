using Qama.Generators.Model;
using Qama.Generators.Validation.Rules;

namespace Qama.Generators.Tests.Diagnostics;

public class TermTests
{
    [Theory]
    [InlineData("[Coupling(Similarity.ScaledDotProduct, Weight = 0.5)]")]
    [InlineData("[Coupling(Similarity.ScaledDotProduct, Weight = {|QAMA0102:0|})]")]
    [InlineData("[Coupling(Similarity.ScaledDotProduct, Weight = {|QAMA0102:-1|})]")]
    [InlineData("[Coupling(Similarity.ScaledDotProduct, Weight = {|QAMA0102:double.NaN|})]")]
    [InlineData("[Coupling(Similarity.ScaledDotProduct, Weight = {|QAMA0102:double.PositiveInfinity|})]")]
    [InlineData("[Field(Importance.ValueProjection, Weight = {|QAMA0102:1e300|})]")]
    [InlineData("[Field(Importance.ValueProjection, Weight = {|QAMA0102:double.Epsilon|})]")]
    [InlineData("[Field(importance: Importance.ValueProjection, Weight = {|QAMA0102:-0.0|})]")]
    [InlineData("[HeadExclusion(Weight = 0.8)]")]
    [InlineData("[{|QAMA0101:HeadExclusion|}]")]
    [InlineData("[{|QAMA0101:HeadExclusion|}(Scale = TermScale.MeanField)]")]
    [InlineData("[HeadExclusion(Weight = {|QAMA0101:double.NaN|})]")]
    [InlineData("[HeadExclusion(Weight = {|QAMA0102:-2|})]")]
    [InlineData("[HeadExclusion(Weight = {|QAMA0102:0|})]")]
    public async Task Weights_are_positive_numbers(string attribute) => await Declared.AssertAttributeAsync(attribute);

    [Theory]
    [InlineData("[HeadExclusion(Weight = 0)]")]
    [InlineData("[Field(Importance.ValueProjection, Weight = 0)]")]
    [InlineData("[HeadExclusion(Weight = {|QAMA0102:-1|})]")]
    [InlineData("[{|QAMA0101:HeadExclusion|}]")]
    public async Task Beside_a_preset_a_weight_of_zero_removes_its_part(string attribute) =>
        await Declared.AssertAttributeAsync(attribute, "Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2");

    [Theory]
    [InlineData(0, false, new[] { "QAMA0101" })]
    [InlineData(1, false, new string[0])]
    [InlineData(1, true, new string[0])]
    public void A_hard_constraint_needs_no_weight(double hard, bool broken, string[] expected)
    {
        var declaration = new ModelDeclaration(
            new TypeIdentity("", [], "M", "M"), TypeTraits.Partial, null, [],
            [new DeclaredAttribute("HeadExclusion", 0, [new DeclaredArgument("Hard", hard, broken)])]);
        Assert.Equal(expected, Weights.Check(declaration, ModelSpecification.Resolve(declaration)).Select(f => f.Id));
    }

    [Theory]
    [InlineData("[Field(Importance.ValueProjection, Scale = TermScale.Tokens)]")]
    [InlineData("[Field(Importance.ValueProjection, Scale = {|QAMA0018:TermScale.MeanField|})]")]
    [InlineData("[Field(Importance.ValueProjection, Scale = {|QAMA0018:TermScale.Pairs|})]")]
    [InlineData("[HeadExclusion(Weight = 1, Scale = TermScale.Pairs)]")]
    [InlineData("[HeadExclusion(Weight = 1, Scale = {|QAMA0018:TermScale.Tokens|})]")]
    public async Task Scales_belong_to_their_terms(string attribute) => await Declared.AssertAttributeAsync(attribute);

    [Theory]
    [InlineData("[Coupling({|QAMA0015:(Similarity)99|})]")]
    [InlineData("[Field({|QAMA0015:(Importance)(-1)|})]")]
    [InlineData("[Field(Importance.ValueProjection, Scale = {|QAMA0015:(TermScale)77|})]")]
    [InlineData("[HeadExclusion(Weight = 1, Scale = {|QAMA0015:(TermScale)77|})]")]
    [InlineData("[Readout({|QAMA0015:(ReadoutKind)77|})]")]
    [InlineData("[Coupling((Similarity)0)]")]
    public async Task Enums_have_their_values_only(string attribute) => await Declared.AssertAttributeAsync(attribute);

    [Fact]
    public async Task A_preset_must_exist() =>
        await Declared.AssertAttributeAsync("", "Tokens = 16, EmbeddingDim = 64, Preset = {|QAMA0015:(Preset)77|}");

    [Theory]
    [InlineData("[Heads(1), {|QAMA0103:HeadExclusion|}(Weight = 1)]")]
    [InlineData("[Heads(2), HeadExclusion(Weight = 1)]")]
    public async Task Exclusion_needs_two_heads(string attributes) =>
        await Declared.AssertAsync("[QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n" + attributes + " partial class M;");

    [Fact]
    public async Task A_presets_exclusion_with_one_head_is_silent() => await Declared.AssertAsync(
        "[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(1)] partial class M;");

    [Theory]
    [InlineData("[{|QAMA0017:Heads|}(4)] [{|QAMA0017:Coupling|}(Similarity.ScaledDotProduct)] class C;")]
    [InlineData("[{|QAMA0017:Heads|}(0)] static class C;")]
    [InlineData("namespace Qama { class OwnAttribute : System.Attribute; [Own, {|QAMA0017:Heads|}(4)] class C; }")]
    [InlineData("class HeadsAttribute : System.Attribute; [global::Heads] class C;")]
    public async Task Attributes_of_a_model_need_one(string code) => await Declared.AssertAsync(code);

    [Fact]
    public async Task Attributes_may_be_spread_over_parts_and_files()
    {
        var compilation = Harness.Compile.Sources(
            "[Qama.Heads(4)] partial class M;",
            "[System.Obsolete, Qama.QuboAttention(Tokens = 0, EmbeddingDim = 64)] partial class M;");
        var found = Assert.Single(await Harness.Analyze.DiagnosticsAsync(compilation, new Analysis.DeclarationAnalyzer()));
        Assert.Equal("QAMA0010", found.Id);
        Assert.Equal("Source1.cs", found.Location.SourceTree!.FilePath);
        Assert.Equal("0", found.Location.SourceTree.GetText().ToString(found.Location.SourceSpan));
    }
}
