using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>Code that uses a model compiles while the declaration has errors.</summary>
public class StubTests
{
    private const string Use = """

        static class Use
        {
            static int Count => M.Tokens + M.EmbeddingDim + M.HeadCount + M.HeadDim + M.SelectionBits + M.VariableCount + M.SlackCount + M.SpinCount;

            static void Run(float[] input, float[] output, Qama.Sampling.ISampler sampler)
            {
                var layer = new M(1);
                var workspace = layer.CreateWorkspace(2);
                layer.Forward(input, output, workspace, sampler);
                _ = layer.Parameters;
                _ = M.Descriptor;
                M.ComputeCouplings(input, input, output);
                M.AssembleQubo(output);
                M.AssembleIsing(output, output);
            }
        }
        """;

    [Theory]
    [InlineData("QuboAttention(Tokens = 0, EmbeddingDim = 8), Heads(2)", "QAMA0010")]
    [InlineData("QuboAttention(Tokens = 4, EmbeddingDim = 8)", "QAMA0009")]
    [InlineData("QuboAttention(Tokens = 4, EmbeddingDim = 8), Heads(3), HeadExclusion", "QAMA0014, QAMA0101")]
    public void A_model_with_errors_has_a_stub_that_names_them(string attributes, string ids)
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.Source($"using Qama; [{attributes}] public sealed partial class M;" + Use)).AssertClean();
        Assert.Equal(["M.Stub.g.cs"], run.Files.Keys);
        using LoadedAssembly loaded = LoadedAssembly.From(run.Output);
        Exception thrown = Assert.Throws<TargetInvocationException>(() => loaded.Create<object>("M", 1L));
        Assert.Equal(
            $"The declaration of M has errors: {ids}.", Assert.IsType<InvalidOperationException>(thrown.InnerException).Message);
    }

    [Fact]
    public void A_half_typed_model_gives_its_own_errors_only_and_leaves_others()
    {
        CSharpCompilation compilation = Compile.Sources(
            "using Qama; [QuboAttention(Tokens = , EmbeddingDim = 8), Heads(2)] public sealed partial class M;",
            Use, "using Qama; [QuboAttention(Tokens = 4, EmbeddingDim = 8), Heads(2)] public sealed partial class N;");
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation);
        Assert.Contains("M.Stub.g.cs", run.Files.Keys);
        Assert.Contains("N.Layer.g.cs", run.Files.Keys);
        Diagnostic[] errors = [.. run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
        Assert.NotEmpty(errors);
        Assert.All(errors, d => Assert.Equal("Source0.cs", d.Location.SourceTree!.FilePath));
    }

    [Theory]
    [InlineData("public int Tokens => 3;")]
    [InlineData("public void Descriptor() { }")]
    [InlineData("public M(long seed) : base(null!, seed) { }")]
    public void A_member_whose_name_is_taken_does_not_collide_with_the_stub(string member) => Generate.Run(
        new QuboAttentionGenerator(), Compile.Source(
            "using Qama; [QuboAttention(Tokens = 4, EmbeddingDim = 8), Heads(2)] public sealed partial class M { " + member + " }"))
        .AssertClean();

    [Theory]
    [InlineData("sealed class M;")]
    [InlineData("static partial class M;")]
    [InlineData("partial class M<T>;")]
    [InlineData("partial record M;")]
    [InlineData("partial class M : System.Exception;")]
    [InlineData("file partial class M;")]
    public void A_class_that_cannot_have_one_has_none(string declaration) => Assert.Empty(Generate.Run(
        new QuboAttentionGenerator(),
        Compile.Source("using Qama; [QuboAttention(Tokens = 4, EmbeddingDim = 8), Heads(2)] " + declaration)).Files);
}
