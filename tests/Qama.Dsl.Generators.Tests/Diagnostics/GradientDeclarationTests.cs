using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>What is wrong with a gradient is named at its place; near correct declarations are not.</summary>
public class GradientDeclarationTests
{
    [Theory]
    [InlineData("Gradient(GradientKind.Blackbox, Lambda = {|QAMA0040:0|})")]
    [InlineData("Gradient(GradientKind.Blackbox, Lambda = {|QAMA0040:-1.5|})")]
    [InlineData("Gradient(GradientKind.Perturbed, Lambda = {|QAMA0040:double.NaN|})")]
    [InlineData("Gradient(GradientKind.Perturbed, Sigma = {|QAMA0040:double.PositiveInfinity|})")]
    [InlineData("Gradient(GradientKind.Perturbed, Samples = {|QAMA0040:0|})")]
    [InlineData("Gradient(GradientKind.Perturbed, Samples = {|QAMA0040:65537|})")]
    [InlineData("Gradient(GradientKind.Nudged, Beta = {|QAMA0040:-0.1|})")]
    [InlineData("Gradient({|QAMA0041:GradientKind.Covariance|})")]
    [InlineData("Readout(ReadoutKind.SelectedAttention), Gradient({|QAMA0041:GradientKind.Covariance|})")]
    [InlineData("Readout(ReadoutKind.LocalEnergy, Reads = {|QAMA0029:4|}), Gradient(GradientKind.Identity)")]
    [InlineData("Readout(ReadoutKind.LocalEnergy, Reads = {|QAMA0029:4|}), Gradient(GradientKind.Nudged)")]
    [InlineData("Readout(ReadoutKind.LocalEnergy, Temperature = {|QAMA0029:2|}), Gradient(GradientKind.Blackbox)")]
    [InlineData("Readout(ReadoutKind.LocalEnergy, TemperatureFrom = {|QAMA0029:TemperatureSource.Estimated|})")]
    [InlineData("Readout(ReadoutKind.LocalEnergy, Reads = {|QAMA0026:1|}, Temperature = 2), Gradient(GradientKind.Covariance)")]
    [InlineData("Readout(ReadoutKind.LocalEnergy, Temperature = {|QAMA0027:0|}), Gradient(GradientKind.Nudged)")]
    [InlineData("Readout(ReadoutKind.Expectation), Gradient({|QAMA0042:GradientKind.Energy|})")]
    [InlineData("Readout(ReadoutKind.Expectation), Gradient({|QAMA0042:GradientKind.Perturbed|})")]
    [InlineData("Readout(ReadoutKind.Expectation, TemperatureFrom = {|QAMA0015:(TemperatureSource)2|})")]
    [InlineData("Gradient({|QAMA0015:(GradientKind)6|})")]
    [InlineData("Gradient(GradientKind.Perturbed, Noise = {|QAMA0015:(PerturbationNoise)3|})")]
    [InlineData("Gradient(GradientKind.Perturbed, Noise = {|QAMA0043:PerturbationNoise.SumOfGamma|})")]
    [InlineData("Gradient(GradientKind.Identity, Lambda = {|QAMA0029:2|})")]
    [InlineData("Gradient(GradientKind.Blackbox, Samples = {|QAMA0029:2|}, Sigma = {|QAMA0029:2|}, Beta = {|QAMA0029:2|})")]
    [InlineData("Gradient(GradientKind.Nudged, Noise = {|QAMA0029:PerturbationNoise.Gumbel|})")]
    [InlineData("Readout({|QAMA0030:ReadoutKind.EntropyShare|}), Gradient(GradientKind.Blackbox)")]
    public async Task Faults_are_named(string attributes) => await AssertAsync(attributes);

    [Theory]
    [InlineData("Gradient(GradientKind.Energy)")]
    [InlineData("Gradient(GradientKind.Identity)")]
    [InlineData("Gradient(GradientKind.Blackbox)")]
    [InlineData("Gradient(GradientKind.Blackbox, Lambda = 1e-6)")]
    [InlineData("Gradient(GradientKind.Perturbed, Samples = 1, Sigma = 3, Lambda = 2, Noise = PerturbationNoise.Gumbel)")]
    [InlineData("Gradient(GradientKind.Nudged, Beta = 2)")]
    [InlineData("Readout(ReadoutKind.SelectedAttention, Temperature = 2), Gradient(GradientKind.Covariance)")]
    [InlineData("Readout(ReadoutKind.LocalEnergy, Reads = 4, Temperature = 2, TemperatureFrom = TemperatureSource.Estimated), Gradient(GradientKind.Nudged)")]
    [InlineData("Readout(ReadoutKind.Expectation), Gradient(GradientKind.Covariance)")]
    [InlineData("Readout(ReadoutKind.Expectation, TemperatureFrom = TemperatureSource.Estimated)")]
    public async Task Correct_declarations_are_not(string attributes) => await AssertAsync(attributes);

    [Fact]
    public async Task Fields_that_are_shifted_bound_no_weight_of_a_constraint()
    {
        const string Bounded = "Coupling(Similarity.Cosine), Field(Importance.None)";
        await AssertAsync($"{Bounded}, Sparsity(AtMost = 4)");
        await AssertAsync($"{Bounded}, {{|QAMA0202:Sparsity|}}(AtMost = 4), Gradient(GradientKind.Blackbox)");
    }

    [Fact]
    public void Descriptors_say_what_was_declared()
    {
        string model = Describe("[Readout(ReadoutKind.LocalEnergy, Reads = 4, Temperature = 2, TemperatureFrom = TemperatureSource.Estimated)] [Gradient(GradientKind.Covariance)]");
        Assert.Contains("TemperatureFrom = global::Qama.TemperatureSource.Estimated,", model, StringComparison.Ordinal);
        Assert.Contains("Gradient = new global::Qama.Layers.GradientDescription(global::Qama.GradientKind.Covariance),", model, StringComparison.Ordinal);
        Assert.Contains("ReadCount = 4,", model, StringComparison.Ordinal);
        Assert.Contains("mean over 4 reads at temperature 2", model, StringComparison.Ordinal);

        model = Describe("[Sparsity(Exactly = 3)] [Gradient(GradientKind.Perturbed, Samples = 5, Noise = PerturbationNoise.SumOfGamma)]");
        Assert.Contains("NoiseCount = 3 }", model, StringComparison.Ordinal);
        Assert.Contains("ReadCount = 5,", model, StringComparison.Ordinal);
        Assert.Contains("HasField = true", model, StringComparison.Ordinal);
        Assert.Matches(@"double FieldWeight = 1(\.0|d)?;", model);

        model = Describe("[Readout(ReadoutKind.Expectation)]");
        Assert.DoesNotContain("Gradient = ", model, StringComparison.Ordinal);
        Assert.DoesNotContain("HasField = true", model, StringComparison.Ordinal);

        static string Describe(string attributes)
        {
            GeneratorRun run = Generate.Run(
                new QuboAttentionGenerator(),
                Compile.Source($"using Qama;\n[QuboAttention(Tokens = 16, EmbeddingDim = 64)] [Heads(4)] {attributes} public sealed partial class M;"));
            run.AssertClean();
            return string.Join("\n", run.Output.SyntaxTrees.Select(t => t.ToString()).Where(t => t.Contains("ModelDescriptor Descriptor", StringComparison.Ordinal)));
        }
    }

    private static async Task AssertAsync(string attributes) => await Declared.AssertAsync(
        $"[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), {attributes}] partial class M;");
}
