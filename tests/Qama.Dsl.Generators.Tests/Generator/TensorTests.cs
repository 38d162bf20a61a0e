using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>Couplings and fields as operations of torch. What they compute is tested in Qama.Torch.Tests.</summary>
public class TensorTests
{
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

    [Fact]
    public void They_are_emitted_where_Qama_Torch_is_referenced()
    {
        Assert.DoesNotContain(File, Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Model)).Files.Keys);
        Assert.Contains(File, Generate.Run(new QuboAttentionGenerator(), Compile.WithTorch(Model)).Files.Keys);
    }

    [Fact]
    public void They_read_like_the_formulas() =>
        Snapshot.Match(Generate.Run(new QuboAttentionGenerator(), Compile.WithTorch(Model)).File(File), "tensors");

    [Theory]
    [InlineData("Preset = Preset.QamaV1")]
    [InlineData("Preset = Preset.QamaV2")]
    [InlineData("Preset = Preset.QamaV2Stable")]
    public void Those_of_a_preset_are_short(string preset)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.WithTorch(
            $"[Qama.QuboAttention(Tokens = 49, EmbeddingDim = 64, {preset.Replace("= ", "= Qama.", StringComparison.Ordinal)}), Qama.Heads(4)] partial class M;"));
        string[] lines = run.File(File).Split('\n');
        Assert.True(lines.Length <= 60, $"{lines.Length}");
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 120));
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
