namespace Qama.Generators.Tests.Diagnostics;

/// <summary>What is said of causal selections, and of declarations next to them.</summary>
public class CausalSelectionTests
{
    private const string Causal = "Select(Per = SelectionScope.Causal, Block = 4)";
    private const string Kept = "Select(Per = SelectionScope.Causal, Block = 4, Memory = 6)";

    [Theory]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = 4)]")]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = 1)]")]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = 16)]")]
    [InlineData("[{|QAMA0057:Select|}(Per = SelectionScope.Causal)]")]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = {|QAMA0057:0|})]")]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = {|QAMA0057:17|})]")]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = 4, Memory = {|QAMA0058:-1|})]")]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = 4, Memory = {|QAMA0058:16381|})]")]
    [InlineData("[Select(Per = SelectionScope.Causal, Block = 4, Memory = 100)]")]
    [InlineData("[Select(Per = {|QAMA0015:(SelectionScope)9|})]")]
    [InlineData("[Select(Block = {|QAMA0029:4|})]")]
    [InlineData("[Select(Memory = {|QAMA0029:4|})]")]
    public async Task Sizes(string attributes) => await Declared.AssertAttributeAsync(attributes);

    [Theory]
    [InlineData(Causal + ", Readout({|QAMA0059:ReadoutKind.Expectation|})")]
    [InlineData(Causal + ", Readout({|QAMA0059:ReadoutKind.EntropyShare|}), Field(Importance.ValueEntropy)")]
    [InlineData(Causal + ", Readout({|QAMA0059:ReadoutKind.MarginalAttention|})")]
    [InlineData(Causal + ", Readout(ReadoutKind.SelectedAttention)")]
    [InlineData(Causal + ", Readout(ReadoutKind.LocalEnergy, Weighted = true)")]
    [InlineData(Causal + ", Readout(ReadoutKind.LocalEnergy, Normalize = {|QAMA0060:Normalization.Batch|})")]
    [InlineData(Causal + ", Coupling(Similarity.Cosine, Normalize = {|QAMA0060:Normalization.Batch|})")]
    [InlineData(Causal + ", Field(Importance.ValueNorm, Normalize = {|QAMA0060:Normalization.Batch|})")]
    [InlineData(Causal + ", {|QAMA0061:LearnedCoupling|}")]
    [InlineData(Causal + ", Gradient({|QAMA0044:GradientKind.Identity|})")]
    [InlineData(Causal + ", Gradient({|QAMA0044:GradientKind.Blackbox|}, Lambda = 2)")]
    [InlineData(Causal + ", Gradient({|QAMA0044:GradientKind.Perturbed|})")]
    [InlineData(Causal + ", Gradient({|QAMA0044:GradientKind.Nudged|})")]
    [InlineData(Causal + ", Gradient({|QAMA0044:GradientKind.Covariance|}), Readout(ReadoutKind.LocalEnergy, Temperature = 1)")]
    [InlineData(Causal + ", Gradient(GradientKind.Energy)")]
    [InlineData(Causal + ", HeadExclusion(Weight = 1)")]
    [InlineData(Causal + ", SoftSelection(Bits = 2, Curvature = 0.5)")]
    [InlineData(Causal + ", Mask(MaskPattern.Window, Size = 3)")]
    [InlineData(Causal + ", Mask({|QAMA0116:MaskPattern.Causal|})")]
    [InlineData(Causal + ", Coupling(Similarity.ScaledDotProduct, Form = {|QAMA0036:CouplingForm.Factored|})")]
    [InlineData(Causal + ", Target(Device.Custom, Spins = 17, Bits = 8)")]
    [InlineData(Causal + ", {|QAMA0301:Target|}(Device.Custom, Spins = 16, Bits = 8)")]
    public async Task Parts(string attributes) => await Declared.AssertAttributeAsync($"[{attributes}]");

    [Theory]
    [InlineData(Kept)]
    [InlineData(Kept + ", HeadExclusion(Weight = 1)")]
    [InlineData(Kept + ", HeadExclusion(Weight = {|QAMA0203:1|}, Hard = {|QAMA0125:true|})", true)]
    [InlineData("Select(Per = SelectionScope.Causal, Block = 4, Memory = {|QAMA0126:6|}), SoftSelection(Bits = 2, Curvature = 0.5)")]
    [InlineData(Kept + ", {|QAMA0202:Sparsity|}(AtLeast = {|QAMA0127:5|})", true)]
    [InlineData(Kept + ", {|QAMA0202:Sparsity|}(Exactly = {|QAMA0127:7|})", true)]
    [InlineData(Kept + ", {|QAMA0202:Sparsity|}(AtLeast = 4)")]
    [InlineData(Kept + ", {|QAMA0202:Sparsity|}(AtMost = 6)")]
    [InlineData(Kept + ", Sparsity(AtMost = {|QAMA0105:11|})")]
    [InlineData(Causal + ", {|QAMA0202:Sparsity|}(AtMost = 3)")]
    [InlineData(Causal + ", Sparsity(AtMost = {|QAMA0105:5|})")]
    public async Task Memories_and_bounds(string attributes, bool isError = false) => await Declared.AssertAttributeAsync(
        $"[{(isError ? attributes.Replace("{|QAMA0202:Sparsity|}", "Sparsity", StringComparison.Ordinal).Replace("{|QAMA0203:1|}", "1", StringComparison.Ordinal) : attributes)}]");

    [Fact]
    public async Task A_preset_whose_parts_are_normalised_is_refused_and_the_second_version_is_not()
    {
        await Declared.AssertAsync(
            $"[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = {{|QAMA0060:{{|QAMA0060:{{|QAMA0060:Preset.QamaV2Stable|}}|}}|}}), Heads(4), {Causal}] partial class M;");
        await Declared.AssertAsync($"[QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(4), {Causal}] partial class M;");
    }
}
