using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

public class CachingTests
{
    private const string Model = "using Qama;\n[QuboAttention(Tokens = 8, EmbeddingDim = 8), Heads(2)] public sealed partial class M;\n";

    [Theory]
    [InlineData("class Other { int x = 2; }")]
    [InlineData("class Other { int x = 1; /* why */ }")]
    [InlineData("")]
    public void An_edit_elsewhere_generates_nothing_again(string edited)
    {
        CSharpCompilation compilation = Compile.Sources(Model, "class Other { int x = 1; }");
        GeneratorRun second = Generate.Run(new QuboAttentionGenerator(), compilation).Again(compilation.Edit(edited, file: 1));
        AssertReused(second);
    }

    [Theory]
    [InlineData("// A comment.\n" + Model)]
    [InlineData(Model + "class Another;")]
    public void An_edit_in_the_models_file_that_leaves_the_model_generates_nothing_again(string edited)
    {
        CSharpCompilation compilation = Compile.Sources(Model);
        AssertReused(Generate.Run(new QuboAttentionGenerator(), compilation).Again(compilation.Edit(edited)));
    }

    [Fact]
    public void An_edit_of_one_model_leaves_the_other()
    {
        CSharpCompilation compilation = Compile.Sources(Model, Model.Replace("M;", "N;", StringComparison.Ordinal));
        GeneratorRun second = Generate.Run(new QuboAttentionGenerator(), compilation)
            .Again(compilation.Edit(Model.Replace("M;", "N;", StringComparison.Ordinal).Replace("Tokens = 8", "Tokens = 9", StringComparison.Ordinal), file: 1));
        IReadOnlyList<IncrementalStepRunReason> reasons = second.Reasons(StepNames.Files);
        Assert.Equal(2, reasons.Count);
        Assert.Single(reasons, IncrementalStepRunReason.Modified);
        Assert.Single(reasons, r => r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged);
        second.AssertClean();
    }

    private static void AssertReused(GeneratorRun run)
    {
        Assert.NotEmpty(run.Reasons(StepNames.Files));
        Assert.All(
            run.Reasons(StepNames.Files),
            r => Assert.True(r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, r.ToString()));
        Assert.All(run.OutputReasons, r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }
}
