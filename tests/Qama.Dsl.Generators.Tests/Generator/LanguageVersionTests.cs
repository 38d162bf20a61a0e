using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>Projects that ask for another version of C#.</summary>
public class LanguageVersionTests
{
    [Theory]
    [InlineData(LanguageVersion.CSharp11)]
    [InlineData(LanguageVersion.CSharp12)]
    [InlineData(LanguageVersion.CSharp13)]
    [InlineData(LanguageVersion.Preview)]
    public void Generated_code_compiles_in_every_version_since_11(LanguageVersion version)
    {
        var random = new RandomDeclarations(seed: 7);
        string code = """
            using Qama;
            [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Grid(2, 3), HeadExclusion(Hard = true), Sparsity(AtMost = 2, AtLeast = 1)]
            [LongRange(MinDistance = 2, Weight = 0.25), Mask(MaskPattern.Block, Size = 3), Readout(ReadoutKind.EntropyShare), Field(Importance.ValueEntropy)]
            public sealed partial class M
            {
                [CouplingTerm] static float Near(Vec q, Vec k, TokenPair pair, [Learnable(1)] float weight) => weight * Vec.Dot(q, k) / (1 + pair.Distance);
                [PairTerm(Weight = 0.5)] static float Far(TokenPair pair) => pair.Distance > 1 ? 1f : 0f;
                [TokenTerm(Weight = 0.5)] static float First(TokenPosition token) => token.Index == 0 ? 1f : 0f;
            }
            [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), SoftSelection(Bits = 2, Curvature = 0.5), Readout(ReadoutKind.SelectedAttention)]
            public sealed partial class N { }
            [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), LearnedCoupling(PerHead = true)]
            public sealed partial class O
            {
                [ReadoutTerm] static Vec Pooled(float selected, float energy, Vec v, [Learnable(1)] float scale) => selected * v + scale * energy * v;
                [ReadoutTerm] static float Energy(float energy, TokenPosition at) => energy / (1 + at.Index);
            }

            """ + string.Concat(Enumerable.Range(0, 120).Select(i => random.Next("M" + i)
                .Replace(";", " { }", StringComparison.Ordinal)));
        Generate.Run(new QuboAttentionGenerator(), Compile.Source(code).In(version)).AssertClean();
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp10)]
    [InlineData(LanguageVersion.CSharp8)]
    public async Task An_older_version_is_one_error_at_the_class(LanguageVersion version)
    {
        CSharpCompilation compilation = Compile.Source(
            "using Qama; namespace N { [QuboAttention(Tokens = 0, EmbeddingDim = 8)] public sealed partial class M { } }").In(version);
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation);
        Assert.Empty(run.Files);
        Assert.DoesNotContain(run.Output.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Diagnostic found = Assert.Single(await Analyze.DiagnosticsAsync(run.Output, new DeclarationAnalyzer()));
        Assert.Equal("QAMA0034", found.Id);
        Assert.Equal("M", found.Location.SourceTree!.GetText().ToString(found.Location.SourceSpan));
        Assert.Contains($"asks for {version.ToDisplayString()}", found.GetMessage(null), StringComparison.Ordinal);
    }
}
