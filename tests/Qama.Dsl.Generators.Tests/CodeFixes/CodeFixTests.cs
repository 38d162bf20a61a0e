using Microsoft.CodeAnalysis.CodeFixes;
using Qama.CodeFixes;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Diagnostics;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.CodeFixes;

public class CodeFixTests
{
    private const string Model = "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64), Qama.Heads(4)]\n";

    [Theory]
    [InlineData("// A model.\nclass M;", "// A model.\npartial class M;")]
    [InlineData("public sealed class M { }", "public sealed partial class M { }")]
    [InlineData("sealed /* why */ class M;", "sealed /* why */ partial class M;")]
    public async Task Partial_is_added(string before, string after) =>
        await AssertFixedAsync(new MakePartialFix(), Model + before, Model + after);

    [Fact]
    public async Task Partial_is_added_to_every_type_around_a_model() => await AssertFixedAsync(
        new MakePartialFix(),
        $"public class A {{ struct B {{ {Model} partial class M; }} }}",
        $"public partial class A {{ partial struct B {{ {Model} partial class M; }} }}");

    [Theory]
    [InlineData("static partial class M;", "partial class M;")]
    [InlineData("public static partial class M;", "public partial class M;")]
    [InlineData("public abstract partial class M;", "public partial class M;")]
    [InlineData("// Local.\nfile sealed partial class M;", "// Local.\nsealed partial class M;")]
    public async Task A_modifier_is_removed(string before, string after) =>
        await AssertFixedAsync(new RemoveModifierFix(), Model + before, Model + after);

    [Theory]
    [InlineData("public sealed partial record M;", "public sealed partial class M;")]
    [InlineData("partial record class M { int X => 1; }", "partial class M { int X => 1; }")]
    public async Task A_record_becomes_a_class(string before, string after) =>
        await AssertFixedAsync(new RecordToClassFix(), Model + before, Model + after);

    [Fact]
    public async Task A_positional_record_has_no_fix() =>
        Assert.Empty(await new Fix(new DeclarationAnalyzer(), new RecordToClassFix())
            .TitlesAsync(Model + "partial record M(int X);"));

    [Fact]
    public async Task A_modifier_of_a_type_around_has_no_fix() =>
        Assert.Empty(await new Fix(new DeclarationAnalyzer(), new RemoveModifierFix()).TitlesAsync(
            $"file partial class A {{ {Model} partial class M; }}"));

    [Theory]
    [InlineData(
        "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64)]\npartial class M;",
        "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n[Qama.Heads(1)]\npartial class M;")]
    [InlineData(
        "using Qama;\nnamespace A\n{\n    // Why.\n    [QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n    partial class M;\n}",
        "using Qama;\nnamespace A\n{\n    // Why.\n    [QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n    [Heads(1)]\n    partial class M;\n}")]
    public async Task Heads_are_added(string before, string after) => await AssertFixedAsync(new AddHeadsFix(), before, after);

    [Theory]
    [InlineData(0, "Use 4 heads", "4")]
    [InlineData(1, "Use 8 heads", "8")]
    [InlineData(2, "Give HeadDim = 11", "6, HeadDim = 11")]
    public async Task Heads_are_made_to_divide_the_embedding(int index, string title, string heads)
    {
        const string Before = "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64), Qama.Heads(6)]\npartial class M;";
        Assert.Equal(title, (await new Fix(new DeclarationAnalyzer(), new HeadDivisionFix()).TitlesAsync(Before))[index]);
        string after = Before.Replace("Heads(6)", $"Heads({heads})", StringComparison.Ordinal);
        await AssertFixedAsync(new HeadDivisionFix(), Before, after, index);
    }

    [Fact]
    public async Task Fix_all_repairs_every_model_of_its_kind()
    {
        const string Rest = " partial class M; " + Model + " partial class N;";
        string before = $"class A {{ {Model}{Rest} class B {{ {Model} partial class O; }} }}\n{Model} class P;";
        var fix = new Fix(new DeclarationAnalyzer(), new MakePartialFix());
        string containers = await fix.ApplyToAllAsync(before);
        Assert.Equal(
            $"partial class A {{ {Model}{Rest} partial class B {{ {Model} partial class O; }} }}\n{Model} class P;",
            containers);
        Assert.Empty(await Declared.DiagnosticsAsync(await fix.ApplyToAllAsync(containers)));
    }

    [Theory]
    [InlineData("static partial class M;")]
    [InlineData("abstract partial class M;")]
    public async Task Fix_all_removes_modifiers(string model)
    {
        string second = model.Replace("M;", "N;", StringComparison.Ordinal);
        string fixedCode = await new Fix(new DeclarationAnalyzer(), new RemoveModifierFix())
            .ApplyToAllAsync(Model + model + Model + second);
        Assert.Equal(Model + "partial class M;" + Model + "partial class N;", fixedCode);
    }

    [Fact]
    public async Task Fix_all_makes_records_classes_and_adds_heads()
    {
        Assert.Equal(
            Model + "partial class M;" + Model + "partial class N;",
            await new Fix(new DeclarationAnalyzer(), new RecordToClassFix()).ApplyToAllAsync(
                Model + "partial record M;" + Model + "partial record N;"));
        const string Headless = "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64)] partial class ";
        Assert.Empty(await Declared.DiagnosticsAsync(
            await new Fix(new DeclarationAnalyzer(), new AddHeadsFix()).ApplyToAllAsync(Headless + "M;" + Headless + "N;")));
    }

    [Fact]
    public async Task Fix_all_divides_each_models_own_embedding()
    {
        const string Before =
            "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64), Qama.Heads(7)] partial class M;\n" +
            "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 30), Qama.Heads(7)] partial class N;";
        Assert.Equal(
            Before.Replace("64), Qama.Heads(7)", "64), Qama.Heads(8)", StringComparison.Ordinal)
                .Replace("30), Qama.Heads(7)", "30), Qama.Heads(6)", StringComparison.Ordinal),
            await new Fix(new DeclarationAnalyzer(), new HeadDivisionFix()).ApplyToAllAsync(Before));
    }

    private static async Task AssertFixedAsync(CodeFixProvider provider, string before, string after, int index = 0)
    {
        string actual = await new Fix(new DeclarationAnalyzer(), provider).ApplyAsync(before, index);
        Assert.Equal(after, actual);
        Assert.Empty(await Declared.DiagnosticsAsync(actual));
        Compile.Source(actual).AssertClean();
    }
}
