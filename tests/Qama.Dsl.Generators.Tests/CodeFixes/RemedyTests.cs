using Qama.CodeFixes;
using Qama.Generators.Tests.Diagnostics;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Validation;

namespace Qama.Generators.Tests.CodeFixes;

public class RemedyTests
{
    public static TheoryData<string> Ids => [.. Qama.CodeFixes.Ids.WithRemedies];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Every_remedy_of_a_pages_example_compiles_without_the_diagnostic(string id)
    {
        string page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "diagnostics", id + ".md"));
        string example = page.Split("```csharp\n")[1].Split("```")[0];
        IReadOnlyList<string> all = await OfferedFixes.ApplyEachAsync(new RemedyFix(), id, example);
        Assert.NotEmpty(all);
        foreach (string mended in all)
        {
            Assert.DoesNotContain(id, (await Declared.DiagnosticsAsync(mended)).Select(d => d.Id));
            Compile.Source(mended).AssertClean();
        }
    }

    [Theory]
    [InlineData(0, "{|QAMA0020:Grid|}(4, 5)", "Grid(4, 5)", 20)]
    [InlineData(1, "{|QAMA0020:Grid|}(5, 8)", "Grid(2, 8)", 16)]
    [InlineData(1, "{|QAMA0020:Grid|}(8, 5)", "Grid(8, 2)", 16)]
    [InlineData(0, "Readout(ReadoutKind.LocalEnergy, Reads = {|QAMA0029:4|})", "Readout(ReadoutKind.LocalEnergy)", 16)]
    [InlineData(0, "Sparsity(AtMost = {|QAMA0106:2.6|})", "Sparsity(AtMost = 3)", 16)]
    [InlineData(1, "Sparsity(AtMost = {|QAMA0106:2.6|})", "Sparsity(AtMost = 2)", 16)]
    [InlineData(0, "SoftSelection(Bits = 2), Sparsity(AtMost = {|QAMA0106:1.3|})", "SoftSelection(Bits = 2), Sparsity(AtMost = 4.0 / 3)", 16)]
    [InlineData(0, "Sparsity(AtMost = 3), Sparsity(AtMost = {|QAMA0108:4|})", "Sparsity(AtMost = 3)", 16)]
    [InlineData(0, "Sparsity(Exactly = 3, AtMost = {|QAMA0108:4|})", "Sparsity(Exactly = 3)", 16)]
    [InlineData(0, "Sparsity(AtMost = 3, AtLeast = {|QAMA0109:0|})", "Sparsity(AtMost = 3)", 16)]
    [InlineData(0, "HeadExclusion(Weight = 1, On = {|QAMA0118:ExclusionTarget.Bits|})", "HeadExclusion(Weight = 1)", 16)]
    [InlineData(1, "Sparsity(AtMost = 3, Weight = {|QAMA0201:0.5|})", "Sparsity(AtMost = 3)", 16)]
    [InlineData(0, "SoftSelection(Bits = 3, Curvature = 1), {|QAMA0301:Target|}(Device.Custom, Spins = 140, Bits = 8)",
        "SoftSelection(Bits = 2, Curvature = 1), Target(Device.Custom, Spins = 140, Bits = 8)", 16)]
    [InlineData(1, "Mask({|QAMA0120:MaskPattern.Causal|})", "Select(Per = SelectionScope.Causal, Block = 16)", 16)]
    [InlineData(0, "Mask({|QAMA0116:MaskPattern.Causal|}), Select(Per = SelectionScope.Causal, Block = 4)", "Select(Per = SelectionScope.Causal, Block = 4)", 16)]
    public Task A_remedy_changes_what_it_says(int index, string before, string after, int tokens) =>
        new FixTest<RemedyFix>(Model(before, 16), Model(after, tokens), index).RunAsync();

    [Theory]
    [InlineData("Mask(MaskPattern.Block, Size = {|QAMA0116:16|})")]
    [InlineData("LongRange(MinDistance = {|QAMA0113:1|}, Weight = 1)")]
    [InlineData("Sparsity(AtLeast = {|QAMA0109:0|})")]
    public async Task An_attribute_without_use_is_removed_alone_or_beside_others(string attribute)
    {
        await new FixTest<RemedyFix>(
            Model("Field(Importance.ValueNorm), " + attribute, 16), Model("Field(Importance.ValueNorm)", 16)).RunAsync();
        await new FixTest<RemedyFix>(
            Model(attribute, 16), Model("", 16).Replace("[]\n", "", StringComparison.Ordinal)).RunAsync();
    }

    [Fact]
    public async Task A_weight_is_raised_to_what_is_proved()
    {
        string raised = (await OfferedFixes.ApplyEachAsync(
            new RemedyFix(), "QAMA0201", Model("HeadExclusion(Hard = true, Scale = TermScale.MeanField, Weight = 0.001)", 16)))[0];
        Assert.Empty(await Declared.DiagnosticsAsync(raised));
        Assert.DoesNotContain("0.001)", raised, StringComparison.Ordinal);
    }

    [Fact]
    public Task Fix_all_repairs_every_model()
    {
        string before = Model("Sparsity(AtMost = 3, Weight = {|QAMA0201:0.5|})", 16)
            + Model("Sparsity(AtMost = 5, Weight = {|QAMA0201:0.25|})", 16).Replace("using Qama;\n", "").Replace("class M", "class N");
        string after = before.Replace(", Weight = {|QAMA0201:0.5|}", "").Replace(", Weight = {|QAMA0201:0.25|}", "");
        return new FixTest<RemedyFix>(before, after, index: 1).RunAsync();
    }

    [Fact]
    public void Remedies_survive_the_way_through_properties()
    {
        Remedy[] remedies = [new("a", "b", 3, "Weight", "4.0 / 3"), new("c", "d", 0, null, null)];
        Assert.Equal(remedies, Remedy.FromProperties(Remedy.ToProperties([.. remedies])));
    }

    [Theory]
    [InlineData(0.0123456)]
    [InlineData(9.99951)]
    [InlineData(123456.7)]
    [InlineData(3e-12)]
    [InlineData(8e20)]
    public void A_rounded_weight_is_never_below(double value) => Assert.InRange(
        double.Parse(Text.RoundedUp(value), System.Globalization.CultureInfo.InvariantCulture), value, value * 1.0011);

    private static string Model(string attributes, int tokens) =>
        $"using Qama;\n[QuboAttention(Tokens = {tokens}, EmbeddingDim = 64)]\n[Heads(4), Coupling(Similarity.Cosine)]\n[{attributes}]\npublic sealed partial class M;\n";
}
