using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>When modules of TorchSharp are emitted. What they compute is tested in Qama.Torch.Tests.</summary>
public class TorchTests
{
    private const string Model = "using Qama; [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2)] public sealed partial class M;";

    [Fact]
    public void Modules_are_emitted_where_Qama_Torch_is_referenced()
    {
        GeneratorRun without = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Model));
        Assert.DoesNotContain(without.Files.Keys, f => f.Contains("Torch", StringComparison.Ordinal));
        Assert.DoesNotContain(without.Files.Values, t => t.Contains("Torch", StringComparison.Ordinal));
        Assert.Contains("M.Layer.g.cs", without.Files.Keys);
        GeneratorRun with = Generate.Run(new QuboAttentionGenerator(), Compile.WithTorch(Model));
        Assert.Contains("M.TorchModule.g.cs", with.Files.Keys);
        with.AssertClean();
    }

    [Fact]
    public void Modules_follow_the_element_type()
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.WithTorch(Model),
            new Dictionary<string, string> { ["build_property.QamaElementType"] = "double" });
        Assert.Contains("QuboAttentionModule<M, double>", run.File("M.TorchModule.g.cs"), StringComparison.Ordinal);
        run.AssertClean();
    }

    [Theory]
    [InlineData("Tokens = 6", "Select(Per = SelectionScope.Query)", true)]
    [InlineData("Tokens = 6", "Select(Per = SelectionScope.Causal, Block = 2)", true)]
    [InlineData("Tokens = 6, KeyTokens = 9", "Select(Per = SelectionScope.Query)", false)]
    public void Modules_of_several_problems_have_no_tensors_and_of_keys_of_their_own_no_single_input(string tokens, string select, bool ofOneInput)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.WithTorch(
            $"using Qama; [QuboAttention({tokens}, EmbeddingDim = 8), Heads(2), {select}, Readout(ReadoutKind.SelectedAttention)] "
            + "public sealed partial class M;"));
        string modules = run.File("M.TorchModule.g.cs");
        Assert.Equal(ofOneInput, modules.Contains("class TorchModule ", StringComparison.Ordinal));
        Assert.Contains("class SeparateTorchModule ", modules, StringComparison.Ordinal);
        Assert.Contains("class TorchMultiheadAttention ", modules, StringComparison.Ordinal);
        Assert.DoesNotContain("M.Tensors.g.cs", run.Files.Keys);
        run.AssertClean();
    }

    [Fact]
    public void A_program_makes_torch_loadable_once_when_it_starts()
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.WithTorch(Model, Model.Replace("class M", "class N", StringComparison.Ordinal)));
        Assert.Single(run.Files.Keys, f => f == "Qama.TorchStart.g.cs");
        Assert.Equal(2, run.Files.Keys.Count(f => f.EndsWith(".TorchModule.g.cs", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_project_without_a_layer_has_nothing_of_it()
    {
        const string Wrong = "using Qama; [QuboAttention(Tokens = 0, EmbeddingDim = 8), Heads(2)] public sealed partial class M;";
        Assert.Equal(["M.Stub.g.cs"], Generate.Run(new QuboAttentionGenerator(), Compile.WithTorch(Wrong)).Files.Keys);
    }

    [Fact]
    public void An_edit_elsewhere_emits_nothing_again()
    {
        CSharpCompilation compilation = Compile.WithTorch(Model, "");
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), compilation);
        GeneratorRun second = first.Again(compilation.Edit("class Other;", file: 1));
        Assert.All(second.Reasons(StepNames.Torch), r => Assert.Equal(IncrementalStepRunReason.Unchanged, r));
        Assert.All(second.OutputReasons, r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }
}
