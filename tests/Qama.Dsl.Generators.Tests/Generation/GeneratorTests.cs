using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generation;

public class GeneratorTests
{
    private const string Model = """
        using Qama;

        namespace App;

        [QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV2)]
        [Heads(2)]
        public sealed partial class First;
        """;

    private const string Everything = """
        using Qama;

        [QuboAttention(Tokens = 6, EmbeddingDim = 8)]
        [Heads(2)]
        [Grid(2, 3)]
        [SoftSelection(Bits = 2, Curvature = 0.5)]
        [Coupling(Similarity.Cosine, Weight = 1.25)]
        [Field(Importance.ValueNorm, Weight = 0.16, Scale = TermScale.Tokens)]
        [HeadExclusion(Weight = 0.8, Scale = TermScale.MeanField)]
        [Sparsity(AtMost = 3)]
        [LongRange(MinDistance = 2, Weight = 0.25, Decay = Decay.Exponential)]
        [Mask(MaskPattern.Window, Size = 2)]
        public sealed partial class Patches;
        """;

    [Fact]
    public void An_unrelated_edit_leaves_every_output_step_cached()
    {
        CSharpCompilation before = Compile.Sources(Model, "class Other { }");
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), before);
        GeneratorRun second = first.Again(before.Edit("class Other { int changed; }", 1));
        AssertUnchanged(second);
        Assert.All(second.OutputReasons, r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Theory]
    [InlineData("a comment", "/* edited */ using Qama;")]
    [InlineData("moved down", "\n\n\nusing Qama;")]
    public void An_edit_in_the_same_file_that_says_the_same_leaves_every_output_step_cached(string what, string start)
    {
        CSharpCompilation before = Compile.Sources(Model);
        GeneratorRun second = Generate.Run(new QuboAttentionGenerator(), before)
            .Again(before.Edit(Model.Replace("using Qama;", start, StringComparison.Ordinal)));
        AssertUnchanged(second);
        Assert.True(second.OutputReasons.All(r => r == IncrementalStepRunReason.Cached), what);
    }

    [Fact]
    public void An_edit_of_one_model_leaves_the_other_cached()
    {
        const string Second = "[Qama.QuboAttention(Tokens = 5, EmbeddingDim = 4)] [Qama.Heads(2)] public partial class Second;";
        CSharpCompilation before = Compile.Sources(Model, Second);
        GeneratorRun second = Generate.Run(new QuboAttentionGenerator(), before)
            .Again(before.Edit(Second.Replace("5", "7", StringComparison.Ordinal), 1));
        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged],
            second.Reasons(StepNames.Declaration).Select(r => r == IncrementalStepRunReason.Cached ? IncrementalStepRunReason.Unchanged : r).Order());
        Assert.Contains("public const int Tokens = 7;", second.File("Second.Model.g.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Qama.QuboAttention(Tokens = 4, EmbeddingDim = ")]
    [InlineData("[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8)] [Qama.Heads(] public partial class Half { }")]
    [InlineData("[Qama.QuboAttention(Tokens = )] public partial class Half")]
    [InlineData("[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8)] [Qama.Heads(2)] [Qama.Field(Qama.Importance.)] partial class Half;")]
    [InlineData("[Qama.QuboAttention(Tokens = \"x\", EmbeddingDim = 8)] [Qama.Heads(-1)] public partial struct Half;")]
    [InlineData("[Qama.QuboAttention] [Qama.Heads(2)] [Qama.Sparsity(AtMost = 1e400)] partial class Half : ")]
    public void A_half_typed_declaration_neither_crashes_nor_hides_other_models(string half)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Model, half));
        Assert.Empty(run.Result.Diagnostics);
        Assert.All(run.Result.Results, r => Assert.Null(r.Exception));
        Assert.Contains("partial class First", run.File("App.First.Layer.g.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two models in one file", """
        [Qama.QuboAttention(Tokens = 3, EmbeddingDim = 4)] [Qama.Heads(2)] public partial class A;
        [Qama.QuboAttention(Tokens = 4, EmbeddingDim = 4)] [Qama.Heads(1)] public partial class B;
        """)]
    [InlineData("nested classes", """
        namespace App.Models { public static partial class Outer { internal partial record Middle {
        [Qama.QuboAttention(Tokens = 3, EmbeddingDim = 4, Preset = Qama.Preset.QamaV2)] [Qama.Heads(2)] private sealed partial class Inner; } } }
        """)]
    [InlineData("same name in two namespaces", """
        namespace A { [Qama.QuboAttention(Tokens = 3, EmbeddingDim = 4)] [Qama.Heads(2)] public partial class Model; }
        namespace B { [Qama.QuboAttention(Tokens = 3, EmbeddingDim = 4)] [Qama.Heads(2)] public partial class Model; }
        """)]
    [InlineData("keywords", """
        namespace @event.@int { partial class @class {
        [Qama.QuboAttention(Tokens = 3, EmbeddingDim = 4)] [Qama.Heads(2)] public partial class @static; } }
        """)]
    [InlineData("other alphabets", "namespace Модели { [Qama.QuboAttention(Tokens = 3, EmbeddingDim = 4)] [Qama.Heads(2)] public partial class Ünïcodé; }")]
    [InlineData("namespaces that hide the framework", """
        namespace App.System { public class Math { } }
        namespace App.Qama { public class Kernels { } }
        namespace App { [global::Qama.QuboAttention(Tokens = 3, EmbeddingDim = 4)] [global::Qama.Heads(2)] public partial class Model; }
        """)]
    [InlineData("one head and one token", "[Qama.QuboAttention(Tokens = 1, EmbeddingDim = 1)] [Qama.Heads(1)] public partial class Tiny;")]
    public void What_is_generated_compiles_without_warnings(string what, string code)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Source(code));
        Assert.True(run.Files.Count >= 9, what);
        run.AssertClean();
    }

    [Fact]
    public void The_declarations_of_the_readme_compile_as_written()
    {
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        string[] blocks = [.. readme.Split("```csharp\n").Skip(1).Select(b => b.Split("```")[0]).Where(b => b.Contains("partial class", StringComparison.Ordinal))];
        Assert.Equal(2, blocks.Length);
        Generate.Run(new QuboAttentionGenerator(), Compile.Source(string.Join("\n", blocks))).AssertClean();
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    [InlineData("sv-SE")]
    [InlineData("fa-IR")]
    public void What_is_generated_does_not_depend_on_the_culture(string culture)
    {
        IReadOnlyDictionary<string, string> expected = Generate.Run(new QuboAttentionGenerator(), Compile.Source(Everything)).Files;
        CultureInfo previous = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Generate.Run(new QuboAttentionGenerator(), Compile.Source(Everything)).Files);
        }
        finally
        {
            CultureInfo.CurrentCulture = previous;
        }
    }

    [Fact]
    public void The_element_type_option_emits_the_same_model_in_double()
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.Source(Everything),
            new Dictionary<string, string> { ["build_property.QamaElementType"] = "double" });
        run.AssertClean();
        Assert.Contains("QuboAttentionLayer<double>", run.File("Patches.Model.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_size_of_generated_code_does_not_depend_on_the_number_of_tokens()
    {
        int Lines(int tokens) => Generate.Run(
                new QuboAttentionGenerator(),
                Compile.Source($"[Qama.QuboAttention(Tokens = {tokens}, EmbeddingDim = 64)] [Qama.Heads(8)] "
                    + "[Qama.LongRange(MinDistance = 2, Weight = 0.5)] [Qama.Sparsity(AtMost = 2)] public partial class M;"))
            .Files.Values.Sum(text => text.Count(c => c == '\n'));
        Assert.Equal(Lines(8), Lines(2048));
    }

    private static void AssertUnchanged(GeneratorRun run)
    {
        foreach (string step in new[] { StepNames.Declaration, StepNames.Files })
        {
            Assert.All(run.Reasons(step), r => Assert.True(
                r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {r}"));
        }
    }
}
