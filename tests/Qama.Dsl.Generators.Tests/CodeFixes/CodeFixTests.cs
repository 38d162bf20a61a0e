using Microsoft.CodeAnalysis.CodeFixes;
using Qama.CodeFixes;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.CodeFixes;

public class CodeFixTests
{
    private const string Model = "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64), Qama.Heads(4)]\n";

    [Theory]
    [InlineData("// A model.\nclass {|QAMA0001:M|};", "// A model.\npartial class M;")]
    [InlineData("public sealed class {|QAMA0001:M|} { }", "public sealed partial class M { }")]
    [InlineData("sealed /* why */ class {|QAMA0001:M|};", "sealed /* why */ partial class M;")]
    public Task Partial_is_added(string before, string after) =>
        new FixTest<MakePartialFix>(Model + before, Model + after).RunAsync();

    [Fact]
    public Task Partial_is_added_to_every_type_around_a_model() => new FixTest<MakePartialFix>(
        $"public class A {{ struct B {{ {Model} partial class {{|QAMA0002:M|}}; }} }}",
        $"public partial class A {{ partial struct B {{ {Model} partial class M; }} }}").RunAsync();

    [Theory]
    [InlineData("static partial class {|QAMA0003:M|};", "partial class M;")]
    [InlineData("public static partial class {|QAMA0003:M|};", "public partial class M;")]
    [InlineData("public abstract partial class {|QAMA0004:M|};", "public partial class M;")]
    [InlineData("// Local.\nfile sealed partial class {|QAMA0006:M|};", "// Local.\nsealed partial class M;")]
    public Task A_modifier_is_removed(string before, string after) =>
        new FixTest<RemoveModifierFix>(Model + before, Model + after).RunAsync();

    [Theory]
    [InlineData("public sealed partial record {|QAMA0007:M|};", "public sealed partial class M;")]
    [InlineData("partial record class {|QAMA0007:M|} { int X => 1; }", "partial class M { int X => 1; }")]
    public Task A_record_becomes_a_class(string before, string after) =>
        new FixTest<RecordToClassFix>(Model + before, Model + after).RunAsync();

    [Fact]
    public Task A_positional_record_has_no_fix() => HasNoFix<RecordToClassFix>(
        Model + "partial record {|QAMA0007:{|QAMA0019:M|}|}(int X);");

    [Fact]
    public Task A_modifier_of_a_type_around_has_no_fix() => HasNoFix<RemoveModifierFix>(
        $"file partial class A {{ {Model} partial class {{|QAMA0006:M|}}; }}");

    [Theory]
    [InlineData(
        "[{|QAMA0009:Qama.QuboAttention|}(Tokens = 16, EmbeddingDim = 64)]\npartial class M;",
        "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n[Qama.Heads(1)]\npartial class M;")]
    [InlineData(
        "using Qama;\nnamespace A\n{\n    // Why.\n    [{|QAMA0009:QuboAttention|}(Tokens = 16, EmbeddingDim = 64)]\n    partial class M;\n}",
        "using Qama;\nnamespace A\n{\n    // Why.\n    [QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n    [Heads(1)]\n    partial class M;\n}")]
    public Task Heads_are_added(string before, string after) => new FixTest<AddHeadsFix>(before, after).RunAsync();

    [Theory]
    [InlineData(0, "Use 4 heads", "4")]
    [InlineData(1, "Use 8 heads", "8")]
    [InlineData(2, "Give HeadDim = 11", "6, HeadDim = 11")]
    public Task Heads_are_made_to_divide_the_embedding(int index, string title, string heads)
    {
        const string Before = "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64), Qama.Heads({|QAMA0014:6|})]\npartial class M;";
        string after = Before.Replace("{|QAMA0014:6|}", heads, StringComparison.Ordinal);
        return new FixTest<HeadDivisionFix>(Before, after, index) { Title = title }.RunAsync();
    }

    /// <summary>One after the other: M's fix is N's too.</summary>
    [Fact]
    public Task Fix_all_makes_models_and_what_is_around_them_partial()
    {
        string before = $"class A {{ {Model} partial class {{|QAMA0002:M|}}; {Model} partial class {{|QAMA0002:N|}}; "
            + $"class B {{ {Model} partial class {{|QAMA0002:O|}}; }} }}\n{Model} class {{|QAMA0001:P|}};";
        string after = $"partial class A {{ {Model} partial class M; {Model} partial class N; "
            + $"partial class B {{ {Model} partial class O; }} }}\n{Model} partial class P;";
        return new FixTest<MakePartialFix>(before, after) { NumberOfIncrementalIterations = 3 }.RunAsync();
    }

    [Theory]
    [InlineData("static partial class {|QAMA0003:M|};")]
    [InlineData("abstract partial class {|QAMA0004:M|};")]
    public Task Fix_all_removes_modifiers(string model) => new FixTest<RemoveModifierFix>(
        Model + model + Model + model.Replace("M|}", "N|}", StringComparison.Ordinal),
        Model + "partial class M;" + Model + "partial class N;").RunAsync();

    [Fact]
    public async Task Fix_all_makes_records_classes_and_adds_heads()
    {
        await new FixTest<RecordToClassFix>(
            Model + "partial record {|QAMA0007:M|};" + Model + "partial record {|QAMA0007:N|};",
            Model + "partial class M;" + Model + "partial class N;").RunAsync();
        const string Headless = "[{|QAMA0009:Qama.QuboAttention|}(Tokens = 16, EmbeddingDim = 64)]\npartial class ";
        const string Headed = "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64)]\n[Qama.Heads(1)]\npartial class ";
        await new FixTest<AddHeadsFix>($"{Headless}M;\n{Headless}N;", $"{Headed}M;\n{Headed}N;").RunAsync();
    }

    [Fact]
    public Task Fix_all_divides_each_models_own_embedding()
    {
        const string Before =
            "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64), Qama.Heads({|QAMA0014:7|})] partial class M;\n" +
            "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 30), Qama.Heads({|QAMA0014:7|})] partial class N;";
        return new FixTest<HeadDivisionFix>(
            Before,
            Before.Replace("64), Qama.Heads({|QAMA0014:7|})", "64), Qama.Heads(8)", StringComparison.Ordinal)
                .Replace("30), Qama.Heads({|QAMA0014:7|})", "30), Qama.Heads(6)", StringComparison.Ordinal)).RunAsync();
    }

    private static Task HasNoFix<TFix>(string code)
        where TFix : CodeFixProvider, new() =>
        new FixTest<TFix>(code, code).RunAsync();
}
