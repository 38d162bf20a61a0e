namespace Qama.Generators.Tests.Diagnostics;

public class ReadoutTermTests
{
    private const string Head = "[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4)";

    [Theory]
    [InlineData("]", "Vec Mine(float selected, float energy, Vec q, Vec k, Vec v, TokenPosition at) => selected * (q + k) + energy * v * at.Index")]
    [InlineData("]", "Vec Mine(Vec query, Vec key, Vec value) => query + key - value")]
    [InlineData(", Readout(ReadoutKind.Terms, Normalize = Normalization.Batch)]", "float Mine(float energy) => energy")]
    [InlineData(", Readout(ReadoutKind.Expectation, Reads = 4, Temperature = 0.5)]", "float Mine(float selected) => selected")]
    [InlineData(", Readout(ReadoutKind.Terms, Weighted = true)]", "float Mine(float energy) => energy")]
    [InlineData(", Readout(ReadoutKind.Terms, Weighted = {|QAMA0029:true|})]", "float Mine(float selected) => selected")]
    [InlineData(", Readout(ReadoutKind.LocalEnergy)]", "float {|QAMA0047:Mine|}(float energy) => energy")]
    [InlineData(", Readout(ReadoutKind.SelectedAttention)]", "float {|QAMA0047:Mine|}(float energy) => energy")]
    [InlineData("]", "Vec Mine(float {|QAMA0402:chosen|}, Vec v) => chosen * v")]
    [InlineData("]", "Vec Mine(Vec {|QAMA0402:x|}) => x")]
    [InlineData("]", "Vec Mine(Vec q, Vec {|QAMA0402:query|}) => q + query")]
    [InlineData("]", "float Mine(double {|QAMA0402:energy|}) => (float)energy")]
    [InlineData("]", "float Mine(Vec {|QAMA0402:energy|}) => Vec.Sum(energy)")]
    [InlineData("]", "float Mine(float energy, TokenPair {|QAMA0402:pair|}) => energy")]
    [InlineData("]", "double {|QAMA0401:Mine|}(float energy) => energy")]
    [InlineData("]", "Vec Mine(Vec v, [Learnable(1)] float {|QAMA0411:scale|}) => v")]
    [InlineData("]", "Vec Mine(Vec v, float {|QAMA0412:selected|}) => v")]
    [InlineData("]", "Vec Mine(Vec v, TokenPosition at) => {|QAMA0409:1f / (float)at.Index|} * v")]
    public async Task A_term_is_checked_where_it_is_written(string attributes, string term) =>
        await Declared.AssertAsync($"{Head}{attributes} partial class M {{ [ReadoutTerm] static {term}; }}");

    [Fact]
    public async Task A_weight_is_a_weight() => await Declared.AssertAsync(
        Head + "] partial class M { [ReadoutTerm(Weight = {|QAMA0102:0|})] static float Mine(float energy) => energy; }");

    [Fact]
    public async Task A_readout_of_terms_needs_one() => await Declared.AssertAsync(
        Head + ", Readout({|QAMA0048:ReadoutKind.Terms|})] partial class M;");

    [Theory]
    [InlineData("CouplingTerm", "Vec {|QAMA0401:Mine|}(Vec q, Vec k) => q * k")]
    [InlineData("FieldTerm", "Vec {|QAMA0401:Mine|}(Vec v) => v")]
    public async Task Other_terms_are_numbers(string attribute, string term) =>
        await Declared.AssertAsync($"{Head}] partial class M {{ [{attribute}] static {term}; }}");

    [Fact]
    public async Task A_readout_is_implied_beside_a_preset() => await Declared.AssertAsync("""
        [QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2Stable), Heads(4)]
        partial class M
        {
            [ReadoutTerm] static Vec Pooled(float selected, Vec v) => selected * v;
            [ReadoutTerm] static float Energy(float energy) => energy;
        }
        """);
}
