using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>When modules of TorchSharp are emitted. What they compute is tested in Qama.Torch.Tests.</summary>
public class TorchTests
{
    private const string Model = "using Qama; [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2)] public sealed partial class M;";

    private const string Old = "namespace TorchSharp { public static class torch { public class Tensor { public object grad() => this; } } }";

    /// <summary>What a TorchSharp is recognised by.</summary>
    internal const string Recent = """
        namespace TorchSharp
        {
            public static class torch
            {
                public class Tensor { public Tensor? grad { get; set; } }
                public static class autograd { public abstract class SingleTensorFunction<T>; }
            }
        }
        """;

    [Theory]
    [InlineData("", false)]
    [InlineData(Old, false)]
    [InlineData(Recent, true)]
    public void Modules_are_emitted_for_a_TorchSharp_that_can_have_them(string torch, bool emitted)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Model, torch));
        Assert.Equal(emitted, run.Files.ContainsKey("M.TorchModule.g.cs"));
        Assert.Contains("M.Layer.g.cs", run.Files.Keys);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(Old, true)]
    [InlineData(Recent, false)]
    public async Task An_old_TorchSharp_is_reported_at_the_class(string torch, bool reported)
    {
        CSharpCompilation compilation = Compile.Sources(Model, torch);
        IReadOnlyList<Diagnostic> found = await Analyze.DiagnosticsAsync(compilation, new DeclarationAnalyzer());
        Assert.Equal(reported ? ["QAMA0504"] : [], found.Select(d => d.Id));
        Assert.All(found, d => Assert.Equal("M", d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)));
    }

    [Fact]
    public void Modules_follow_the_element_type()
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.Sources(Model, Recent),
            new Dictionary<string, string> { ["build_property.QamaElementType"] = "double" });
        Assert.Contains("ScalarType.Float64", run.File("Qama.TorchAdapter.g.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(Recent, 1)]
    public void What_modules_have_in_common_is_compiled_once(string torch, int files)
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.Sources(Model, Model.Replace("class M", "class N", StringComparison.Ordinal), torch));
        Assert.Equal(files, run.Files.Keys.Count(f => f == "Qama.TorchAdapter.g.cs"));
        Assert.Equal(2 * files, run.Files.Keys.Count(f => f.EndsWith(".TorchModule.g.cs", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_project_without_a_layer_has_nothing_of_it()
    {
        const string Wrong = "using Qama; [QuboAttention(Tokens = 0, EmbeddingDim = 8), Heads(2)] public sealed partial class M;";
        Assert.Equal(["M.Stub.g.cs"], Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Wrong, Recent)).Files.Keys);
    }

    [Fact]
    public void An_edit_elsewhere_emits_nothing_again()
    {
        CSharpCompilation compilation = Compile.Sources(Model, Recent, "");
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), compilation);
        GeneratorRun second = first.Again(compilation.Edit("class Other;", file: 2));
        Assert.All(second.Reasons(StepNames.Torch), r => Assert.Equal(IncrementalStepRunReason.Unchanged, r));
        Assert.All(second.OutputReasons, r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }
}
