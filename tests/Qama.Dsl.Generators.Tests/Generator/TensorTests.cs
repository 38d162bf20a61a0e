using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>Couplings and fields as operations of torch. What they compute is tested in Qama.Torch.Tests.</summary>
public class TensorTests
{
    /// <summary>What Qama.Torch is recognised by.</summary>
    internal const string Torch = "namespace Qama.Torch.Tensors { public interface ITensorModel; }";

    private const string File = "M.Tensors.g.cs";

    private const string Model = """
        using System;
        using Qama;

        [QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2), Sparsity(AtMost = 2)]
        public sealed partial class M
        {
            [CouplingTerm]
            static float Affinity(Vec q, Vec k, TokenPair pair, [Learnable(0.5, PerHead = true)] float slope) =>
                pair.Distance > 1 ? MathF.Max(0f, slope - Vec.Norm(q - k)) / pair.Distance : MathF.Log(Vec.Dot(q, k));
        }
        """;

    [Theory]
    [InlineData("", false)]
    [InlineData(TorchTests.Recent, false)]
    [InlineData(Torch, true)]
    public void They_are_emitted_where_Qama_Torch_is_referenced(string other, bool emitted)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Model, other));
        Assert.Equal(emitted, run.Files.ContainsKey(File));
        Assert.Contains("M.Layer.g.cs", run.Files.Keys);
    }

    [Fact]
    public void They_read_like_the_formulas() =>
        Snapshot.Match(Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Model, Torch)).File(File), "tensors");

    [Theory]
    [InlineData("Preset = Preset.QamaV1")]
    [InlineData("Preset = Preset.QamaV2")]
    [InlineData("Preset = Preset.QamaV2Stable")]
    public void Those_of_a_preset_are_short(string preset)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(
            $"[Qama.QuboAttention(Tokens = 49, EmbeddingDim = 64, {preset.Replace("= ", "= Qama.", StringComparison.Ordinal)}), Qama.Heads(4)] partial class M;", Torch));
        string[] lines = run.File(File).Split('\n');
        Assert.True(lines.Length <= 60, $"{lines.Length}");
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public void An_edit_elsewhere_emits_nothing_again()
    {
        CSharpCompilation compilation = Compile.Sources(Model, Torch, "");
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), compilation);
        GeneratorRun second = first.Again(compilation.Edit("class Other;", file: 2));
        Assert.All(second.Reasons(StepNames.Tensors), r => Assert.Equal(IncrementalStepRunReason.Unchanged, r));
        Assert.All(second.OutputReasons, r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }
}
