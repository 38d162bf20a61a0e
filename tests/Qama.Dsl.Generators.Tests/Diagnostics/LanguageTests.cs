using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>Findings about the words of the language, at their places, with a correct declaration beside each.</summary>
public class LanguageTests
{
    [Theory]
    [InlineData("[Grid(2, 8)]")]
    [InlineData("[{|QAMA0020:Grid|}(2, 7)]")]
    [InlineData("[Grid({|QAMA0021:0|}, columns: 16)]")]
    [InlineData("[Grid(1, columns: {|QAMA0021:-3|})]")]
    [InlineData("[SoftSelection(Bits = 8, Curvature = 1)]")]
    [InlineData("[SoftSelection(Bits = {|QAMA0022:0|})]")]
    [InlineData("[SoftSelection(Bits = {|QAMA0022:9|})]")]
    [InlineData("[SoftSelection(Curvature = {|QAMA0023:double.NaN|})]")]
    [InlineData("[SoftSelection(Curvature = {|QAMA0023:double.PositiveInfinity|})]")]
    [InlineData("[SoftSelection(Curvature = 0)]")]
    [InlineData("[Mask(MaskPattern.Block, Size = 4)]")]
    [InlineData("[{|QAMA0024:Mask|}(MaskPattern.Block)]")]
    [InlineData("[Mask(MaskPattern.Window, Size = {|QAMA0024:0|})]")]
    [InlineData("[Target(Device.Custom, Spins = 100, Bits = 8)]")]
    [InlineData("[{|QAMA0025:{|QAMA0025:Target|}|}(Device.Custom)]")]
    [InlineData("[Target(Device.Cpqc550, Bits = {|QAMA0025:1|})]")]
    [InlineData("[Target(Device.Cpqc550)]")]
    [InlineData("[Readout(ReadoutKind.Expectation, Reads = 2, Temperature = 0.1)]")]
    [InlineData("[Readout(ReadoutKind.Expectation, Reads = {|QAMA0026:1|})]")]
    [InlineData("[Readout(ReadoutKind.Expectation, Temperature = {|QAMA0027:-1|})]")]
    [InlineData("[Readout(ReadoutKind.Expectation, Temperature = {|QAMA0027:double.NaN|})]")]
    [InlineData("[Readout(ReadoutKind.LocalEnergy, Reads = {|QAMA0029:4|})]")]
    [InlineData("[Readout(ReadoutKind.LocalEnergy, StartAtZero = {|QAMA0029:true|})]")]
    [InlineData("[Readout(ReadoutKind.SelectedAttention, Weighted = {|QAMA0029:true|})]")]
    [InlineData("[Mask(MaskPattern.All, Size = {|QAMA0029:4|})]")]
    [InlineData("[Field(Importance.None, Normalize = {|QAMA0029:Normalization.Batch|})]")]
    [InlineData("[Inputs(Projected = true, Bias = {|QAMA0029:true|})]")]
    [InlineData("[Inputs(Projected = true, LayerNorm = true)]")]
    [InlineData("[Readout({|QAMA0030:ReadoutKind.EntropyShare|})]")]
    [InlineData("[Field(Importance.ValueNorm), Readout({|QAMA0031:ReadoutKind.EntropyShare|})]")]
    [InlineData("[Field(Importance.ValueEntropy), Readout(ReadoutKind.EntropyShare)]")]
    [InlineData("[Coupling(Similarity.Cosine, Normalize = {|QAMA0015:(Normalization)9|})]")]
    [InlineData("[HeadExclusion(Weight = 1, On = {|QAMA0015:(ExclusionTarget)9|})]")]
    [InlineData("[LongRange(MinDistance = 2, Weight = 1, Form = {|QAMA0015:(LongRangeForm)9|})]")]
    [InlineData("[LongRange(MinDistance = 2, Weight = 1, Decay = {|QAMA0015:(Decay)9|})]")]
    [InlineData("[Mask({|QAMA0015:(MaskPattern)9|})]")]
    [InlineData("[Target({|QAMA0015:(Device)9|})]")]
    public async Task Shape(string attribute) => await Declared.AssertAttributeAsync(attribute);

    [Theory]
    [InlineData("[Heads(4, HeadDim = {|QAMA0028:8|}), Inputs(Projected = true)]")]
    [InlineData("[Heads(4, HeadDim = 16), Inputs(Projected = true)]")]
    public async Task Projected_inputs_have_the_width_of_the_heads(string attributes) =>
        await Declared.AssertAsync("[QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n" + attributes + " partial class M;");

    [Theory]
    [InlineData("[{|QAMA0104:Sparsity|}]")]
    [InlineData("[Sparsity(AtMost = {|QAMA0105:17|})]")]
    [InlineData("[Sparsity(AtLeast = {|QAMA0105:-1|})]")]
    [InlineData("[Sparsity(Exactly = {|QAMA0105:double.NaN|})]")]
    [InlineData("[Sparsity(AtMost = {|QAMA0106:2.5|})]")]
    [InlineData("[Sparsity(AtMost = 2.5, Weight = 1, Slack = SlackKind.Unbalanced)]")]
    [InlineData("[SoftSelection(Bits = 2), Sparsity(AtMost = 7.0 / 3)]")]
    [InlineData("[SoftSelection(Bits = 2), Sparsity(AtMost = {|QAMA0106:2.5|})]")]
    [InlineData("[Sparsity(AtMost = 4, AtLeast = {|QAMA0107:5|})]")]
    [InlineData("[Sparsity(AtMost = 4, AtLeast = 2)]")]
    [InlineData("[Sparsity(Exactly = 4), Sparsity(AtMost = {|QAMA0107:3|})]")]
    [InlineData("[Sparsity(Exactly = 4), Sparsity(AtMost = {|QAMA0108:5|})]")]
    [InlineData("[Sparsity(AtMost = 4), Sparsity(AtMost = {|QAMA0108:4|})]")]
    [InlineData("[Sparsity(AtMost = {|QAMA0109:16|})]")]
    [InlineData("[Sparsity(AtLeast = {|QAMA0109:0|})]")]
    [InlineData("[Sparsity(Exactly = {|QAMA0110:0|})]")]
    [InlineData("[HeadExclusion(Hard = true), Sparsity(AtLeast = {|QAMA0111:5|})]")]
    [InlineData("[HeadExclusion(Hard = true), Sparsity(AtLeast = {|QAMA0204:4|})]")]
    [InlineData("[HeadExclusion(Weight = 1), Sparsity(AtLeast = {|QAMA0204:5|})]")]
    [InlineData("[HeadExclusion(Weight = 1), Sparsity(AtLeast = 4)]")]
    [InlineData("[{|QAMA0101:Sparsity|}(AtMost = 4, Slack = SlackKind.Unbalanced)]")]
    [InlineData("[Sparsity(AtMost = 4, Weight = {|QAMA0102:-1|})]")]
    [InlineData("[Sparsity(Exactly = 4, Slack = {|QAMA0029:SlackKind.Unbalanced|})]")]
    [InlineData("[Sparsity(AtMost = 4, Weight = {|QAMA0201:1|})]")]
    [InlineData("[Sparsity(AtMost = 4, Weight = 1000)]")]
    [InlineData("[Sparsity(AtMost = 4, Slack = {|QAMA0015:(SlackKind)9|})]")]
    public async Task Bounds_of_a_bounded_coupling(string attributes) =>
        await Declared.AssertAttributeAsync("[Coupling(Similarity.Cosine)]" + attributes);

    [Theory]
    [InlineData("[{|QAMA0202:Sparsity|}(AtMost = 4)]")]
    [InlineData("[Sparsity(AtMost = 4, Weight = {|QAMA0203:10|})]")]
    [InlineData("[{|QAMA0202:HeadExclusion|}(Hard = true)]")]
    [InlineData("[HeadExclusion(Hard = true, Weight = {|QAMA0203:3|})]")]
    [InlineData("[Mask({|QAMA0120:MaskPattern.Causal|})]")]
    [InlineData("[Mask({|QAMA0120:MaskPattern.Causal|}), Readout(ReadoutKind.SelectedAttention)]")]
    [InlineData("[Mask(MaskPattern.Window, Size = 3), Readout(ReadoutKind.SelectedAttention)]")]
    [InlineData("[LongRange(MinDistance = {|QAMA0113:1|}, Weight = 1)]")]
    [InlineData("[LongRange(MinDistance = {|QAMA0113:16|}, Weight = 1, Form = LongRangeForm.RewardFar)]")]
    [InlineData("[LongRange(MinDistance = 15, Weight = 1, Form = LongRangeForm.RewardFar)]")]
    [InlineData("[Mask(MaskPattern.Window, Size = 3), LongRange(MinDistance = {|QAMA0113:4|}, Weight = 1, Form = LongRangeForm.RewardFar)]")]
    [InlineData("[Grid(4, 4), LongRange(MinDistance = {|QAMA0113:4|}, Weight = 1, Form = LongRangeForm.RewardFar)]")]
    [InlineData("[{|QAMA0114:LongRange|}(Weight = 1)]")]
    [InlineData("[LongRange(MinDistance = {|QAMA0114:0|}, Weight = 1)]")]
    [InlineData("[{|QAMA0101:LongRange|}(MinDistance = 4)]")]
    [InlineData("[LongRange(MinDistance = 4, Weight = {|QAMA0102:0|})]")]
    [InlineData("[Mask(MaskPattern.Block, Size = {|QAMA0115:1|})]")]
    [InlineData("[Mask(MaskPattern.Block, Size = {|QAMA0116:16|})]")]
    [InlineData("[SoftSelection(Bits = {|QAMA0117:2|})]")]
    [InlineData("[SoftSelection(Bits = 2), HeadExclusion(Weight = 1, On = ExclusionTarget.Bits)]")]
    [InlineData("[SoftSelection(Bits = 2), Readout(ReadoutKind.Expectation)]")]
    [InlineData("[HeadExclusion(Weight = 1, On = {|QAMA0118:ExclusionTarget.Bits|})]")]
    [InlineData("[{|QAMA0301:Target|}(Device.Custom, Spins = 64, Bits = 8)]")]
    [InlineData("[Target(Device.Custom, Spins = 65, Bits = 8)]")]
    public async Task Terms_of_a_dot_product(string attributes) => await Declared.AssertAttributeAsync(attributes);

    [Theory]
    [InlineData("16", 4, "Coupling(Similarity.Cosine), {|QAMA0302:LongRange|}(MinDistance = 4, Weight = 0.001), HeadExclusion(Weight = 5), Target(Device.Cpqc550)")]
    [InlineData("16", 4, "Coupling(Similarity.Cosine), LongRange(MinDistance = 4, Weight = 0.5), HeadExclusion(Weight = 5), Target(Device.Cpqc550)")]
    [InlineData("16", 4, "SoftSelection(Bits = {|QAMA0303:4|}, Curvature = 0.5), Target(Device.Custom, Spins = 1000, Bits = 4)")]
    [InlineData("16", 4, "SoftSelection(Bits = 3, Curvature = 0.5), Target(Device.Custom, Spins = 1000, Bits = 4)")]
    [InlineData("200", 1, "{|QAMA0304:Sparsity|}(AtMost = 150), Target(Device.Cpqc550)")]
    [InlineData("200", 1, "Sparsity(AtMost = 50), Target(Device.Cpqc550)")]
    [InlineData("{|QAMA0502:8192|}", 1, "LongRange(MinDistance = 4, Weight = 0.25), Coupling(Similarity.Cosine, Form = CouplingForm.Dense)")]
    [InlineData("2048", 1, "LongRange(MinDistance = 4, Weight = 0.25), Coupling(Similarity.Cosine, Form = CouplingForm.Dense)")]
    [InlineData("8192", 1, "LongRange(MinDistance = 4, Weight = 0.25), Coupling(Similarity.Cosine)")]
    public async Task Machines_and_sizes(string tokens, int heads, string attributes) => await new DeclarationTest(
        $"""
        using Qama;
        #pragma warning disable QAMA0202
        [QuboAttention(Tokens = {tokens}, EmbeddingDim = 64), Heads({heads})]
        [{attributes}]
        partial class M;
        """).RunAsync();

    [Fact]
    public async Task A_proved_weight_that_drowns_another_term_is_named()
    {
        string message = (await Declared.DiagnosticsAsync("""
            using Qama;
            [QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), Coupling(Similarity.Cosine)]
            [Sparsity(AtMost = 4)]
            [LongRange(MinDistance = 4, Weight = 0.01)]
            [Target(Device.Cpqc550)]
            partial class M;
            """)).Single(d => d.GetMessage(null).StartsWith("[LongRange]", StringComparison.Ordinal)).GetMessage(null);

        // w kappa / 4.
        Assert.StartsWith(
            "[LongRange] rounds to zero on 8-bit integers: its largest Ising coefficient is 0.0025, one step is ", message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            " or more because of [Sparsity], whose weight is proved for the worst case: a smaller Weight may do", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_says_where_the_spins_go() => Assert.Equal(
        "8 heads x 49 tokens x 2 bits = 784, slack 64, auxiliary 1: 849 of 550; SoftSelection's 2 bits take 2 times the selection spins of one",
        Assert.Single(await Declared.DiagnosticsAsync("""
            using Qama;
            [QuboAttention(Tokens = 49, EmbeddingDim = 64), Heads(8), Coupling(Similarity.Cosine)]
            [SoftSelection(Bits = 2), Sparsity(AtMost = 47), Target(Device.Cpqc550)]
            partial class M;
            """), d => d.Id == "QAMA0301").GetMessage(null));
}
