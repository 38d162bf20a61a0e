using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

public class GeneratedCodeTests
{
    private const string Model = """
        using Qama;

        namespace App;

        [QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV2)]
        [Heads(2)]
        public sealed partial class First;
        """;

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
        Assert.True(run.Files.Keys.Any(f => f.EndsWith(".Layer.g.cs", StringComparison.Ordinal)), what);
        run.AssertClean();
    }

    [Fact]
    public void The_size_of_generated_code_does_not_depend_on_the_number_of_tokens()
    {
        int Lines(string form, int tokens) => Generate.Run(
                new QuboAttentionGenerator(),
                Compile.Source($"[Qama.QuboAttention(Tokens = {tokens}, EmbeddingDim = 64)] [Qama.Heads(8)] [Qama.Coupling(Qama.Similarity.ScaledDotProduct, Form = Qama.CouplingForm.{form})] "
                    + "[Qama.LongRange(MinDistance = 2, Weight = 0.5)] [Qama.Sparsity(AtMost = 2)] public partial class M;"))
            .Files.Values.Sum(text => text.Count(c => c == '\n'));
        Assert.Equal(Lines("Dense", 8), Lines("Dense", 2048));
        Assert.Equal(Lines("Factored", 8), Lines("Factored", 4_096));
    }

    /// <summary>Users pay for every line when they build: what is not the model's own is in the runtime.</summary>
    [Theory]
    [InlineData(", Preset = Qama.Preset.QamaV2", "", 375)]
    [InlineData(", Preset = Qama.Preset.QamaV2Stable", "", 380)]
    [InlineData("", "[Qama.Coupling(Qama.Similarity.Cosine)] [Qama.Sparsity(AtMost = 3)]", 420)]
    public void A_model_takes_few_lines(string option, string attributes, int most)
    {
        int lines = Generate.Run(
                new QuboAttentionGenerator(),
                Compile.Source($"[Qama.QuboAttention(Tokens = 49, EmbeddingDim = 64{option})] [Qama.Heads(8)] {attributes} public partial class M;"))
            .Files.Values.Sum(text => text.Count(c => c == '\n'));
        Assert.InRange(lines, 1, most);
    }

    /// <summary>Each file has the compiler and its analyzers look all of a class up again.</summary>
    [Theory]
    [InlineData("Preset = Qama.Preset.QamaV2", "", new[] { "M.Layer.g.cs" })]
    [InlineData("Preset = Qama.Preset.None", "[Qama.Coupling(Qama.Similarity.Cosine)] [Qama.Sparsity(AtMost = 3)] [Qama.Readout(Qama.ReadoutKind.SelectedAttention)]", new[] { "M.Layer.g.cs" })]
    [InlineData("Preset = Qama.Preset.None", "[Qama.Select(Per = Qama.SelectionScope.Query)]", new[] { "M.Layer.g.cs", "M+SelectionProblem.Problem.g.cs" })]
    public void A_class_is_one_file(string option, string attributes, string[] files)
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(),
            Compile.Source($"[Qama.QuboAttention(Tokens = 49, EmbeddingDim = 64, {option})] [Qama.Heads(8)] {attributes} public partial class M;"));
        Assert.Equal(files, run.AssertClean().Files.Keys.OrderDescending(StringComparer.Ordinal));
    }

    /// <summary>Signatures say what may be null; the compiler looks for no misuse of it in bodies, which takes time.</summary>
    [Fact]
    public void Bodies_are_not_searched_for_null()
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Source(Model));
        Microsoft.CodeAnalysis.SyntaxTree[] generated = [.. run.Output.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))];
        Assert.NotEmpty(generated);
        Assert.All(generated, tree => Assert.Equal(
            Microsoft.CodeAnalysis.NullableContext.AnnotationsEnabled,
            run.Output.GetSemanticModel(tree).GetNullableContext(tree.Length - 3)));
    }
}
