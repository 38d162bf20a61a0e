using Microsoft.CodeAnalysis;
using Qama.CodeFixes;
using Qama.Generators.Analysis;
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
        var fix = new Fix(new DeclarationAnalyzer(), new RemedyFix());
        IReadOnlyList<string> titles = await fix.TitlesAsync(example);
        Assert.NotEmpty(titles);
        for (int i = 0; i < titles.Count; i++)
        {
            string mended = await fix.ApplyAsync(example, i);
            Assert.DoesNotContain(id, (await Declared.DiagnosticsAsync(mended)).Select(d => d.Id));
            Compile.Source(mended).AssertClean();
        }
    }

    [Theory]
    [InlineData("QAMA0020", 0, "Grid(4, 5)", "Grid(4, 5)", 20)]
    [InlineData("QAMA0020", 1, "Grid(5, 8)", "Grid(2, 8)", 16)]
    [InlineData("QAMA0020", 1, "Grid(8, 5)", "Grid(8, 2)", 16)]
    [InlineData("QAMA0029", 0, "Readout(ReadoutKind.LocalEnergy, Reads = 4)", "Readout(ReadoutKind.LocalEnergy)", 16)]
    [InlineData("QAMA0106", 0, "Sparsity(AtMost = 2.6)", "Sparsity(AtMost = 3)", 16)]
    [InlineData("QAMA0106", 1, "Sparsity(AtMost = 2.6)", "Sparsity(AtMost = 2)", 16)]
    [InlineData("QAMA0106", 0, "SoftSelection(Bits = 2), Sparsity(AtMost = 1.3)", "SoftSelection(Bits = 2), Sparsity(AtMost = 4.0 / 3)", 16)]
    [InlineData("QAMA0108", 0, "Sparsity(AtMost = 3), Sparsity(AtMost = 4)", "Sparsity(AtMost = 3)", 16)]
    [InlineData("QAMA0108", 0, "Sparsity(Exactly = 3, AtMost = 4)", "Sparsity(Exactly = 3)", 16)]
    [InlineData("QAMA0109", 0, "Sparsity(AtMost = 3, AtLeast = 0)", "Sparsity(AtMost = 3)", 16)]
    [InlineData("QAMA0118", 0, "HeadExclusion(Weight = 1, On = ExclusionTarget.Bits)", "HeadExclusion(Weight = 1)", 16)]
    [InlineData("QAMA0201", 1, "Sparsity(AtMost = 3, Weight = 0.5)", "Sparsity(AtMost = 3)", 16)]
    [InlineData("QAMA0301", 0, "SoftSelection(Bits = 3, Curvature = 1), Target(Device.Custom, Spins = 140, Bits = 8)",
        "SoftSelection(Bits = 2, Curvature = 1), Target(Device.Custom, Spins = 140, Bits = 8)", 16)]
    public async Task A_remedy_changes_what_it_says(string id, int index, string before, string after, int tokens)
    {
        var fix = new Fix(new DeclarationAnalyzer(), new RemedyFix());
        Assert.Contains(id, (await Declared.DiagnosticsAsync(Model(before, 16))).Select(d => d.Id));
        string actual = await fix.ApplyAsync(Model(before, 16), index);
        Assert.Equal(Model(after, tokens), actual);
        Assert.Empty(await Declared.DiagnosticsAsync(actual));
        Compile.Source(actual).AssertClean();
    }

    [Theory]
    [InlineData("Mask(MaskPattern.Causal)")]
    [InlineData("Mask(MaskPattern.Block, Size = 16)")]
    [InlineData("LongRange(MinDistance = 1, Weight = 1)")]
    [InlineData("Sparsity(AtLeast = 0)")]
    public async Task An_attribute_without_use_is_removed_alone_or_beside_others(string attribute)
    {
        var fix = new Fix(new DeclarationAnalyzer(), new RemedyFix());
        string beside = await fix.ApplyAsync(Model("Field(Importance.ValueNorm), " + attribute, 16));
        Assert.Equal(Model("Field(Importance.ValueNorm)", 16), beside);
        string alone = await fix.ApplyAsync(Model(attribute, 16));
        Assert.DoesNotContain("[]", alone, StringComparison.Ordinal);
        Assert.Empty(await Declared.DiagnosticsAsync(alone));
        Compile.Source(alone).AssertClean();
    }

    [Fact]
    public async Task A_weight_is_raised_to_what_is_proved()
    {
        string raised = await new Fix(new DeclarationAnalyzer(), new RemedyFix())
            .ApplyAsync(Model("HeadExclusion(Hard = true, Scale = TermScale.MeanField, Weight = 0.001)", 16));
        Assert.Empty(await Declared.DiagnosticsAsync(raised));
        Assert.DoesNotContain("0.001)", raised, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_all_repairs_every_model()
    {
        string both = Model("Sparsity(AtMost = 3, Weight = 0.5)", 16)
            + Model("Sparsity(AtMost = 5, Weight = 0.25)", 16).Replace("using Qama;\n", "").Replace("class M", "class N");
        string repaired = await new Fix(new DeclarationAnalyzer(), new RemedyFix()).ApplyToAllAsync(both);
        Assert.Empty(await Declared.DiagnosticsAsync(repaired));
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
