using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Emission;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Reading.Terms;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Forms;

/// <summary>Which couplings factor, into how many features, and what is said of those that do not; and that nothing grows with pairs where
/// they do.</summary>
public class RankTests
{
    private const int Dim = 6;

    [Theory]
    [InlineData("0.5f", 1)]
    [InlineData("a", 1)]
    [InlineData("Vec.Sum(q)", 1)]
    [InlineData("Vec.Sum(q) + Vec.Norm(q) - 3f", 1)] // one feature of rows
    [InlineData("Vec.Sum(q) + Vec.Sum(k)", 2)]
    [InlineData("Vec.Sum(q) * Vec.Sum(k) / Vec.Norm(k)", 1)]
    [InlineData("Vec.Dot(q, k)", Dim)]
    [InlineData("Vec.Dot(w * q, k) + 2f * Vec.Dot(q, k)", Dim)] // (w q + 2 q)·k
    [InlineData("Vec.Dot(q, Vec.Tanh(k)) + 2f * Vec.Dot(q, k)", Dim)] // q·(tanh k + 2 k)
    [InlineData("Vec.Dot(Vec.Tanh(q), Vec.Tanh(k)) + Vec.Dot(q, k)", 2 * Dim)]
    [InlineData("-Vec.SquaredDistance(q, k)", Dim + 2)]
    [InlineData("Vec.Dot(q + k, q - k)", 2)]
    [InlineData("Vec.Dot(q, k) / (Vec.Norm(q) * Vec.Norm(k))", Dim)]
    [InlineData("(Vec.Sum(q) + Vec.Sum(k)) * Vec.Sum(q)", 2)]
    [InlineData("(Vec.Sum(q) + Vec.Sum(k)) * (Vec.Max(q) + Vec.Max(k))", 4)]
    [InlineData("(Vec.Sum(q) + Vec.Sum(k)) * Vec.Dot(q, k)", 2 * Dim)]
    [InlineData("MathF.Cos(pair.I) * MathF.Cos(pair.J) + MathF.Sin(pair.I) * MathF.Sin(pair.J)", 2)]
    [InlineData("pair.I < 3 ? Vec.Dot(q, k) : Vec.Sum(k)", Dim + 1)]
    [InlineData("Vec.Dot(Vec.Softmax(q), Vec.Softmax(k)) * (1 + pair.Head)", Dim)]
    public void What_factors_has_a_rank(string body, int rank)
    {
        ModelSpecification model = Declared(body);
        Assert.Null(FactoredCouplings.ObstacleOf(model));
        Assert.Equal(rank, FactoredCouplings.RankOf(model));
        Assert.Equal("factored", FactoredCouplings.Describe(model));
    }

    [Theory]
    [InlineData("MathF.Log(1 + pair.Distance) * Vec.Dot(q, k)", "applies MathF.Log to a pair's distance")]
    [InlineData("Vec.Dot(q, k) - 0.1f * pair.Distance", "reads a pair's distance")]
    [InlineData("MathF.Tanh(Vec.Dot(q, k))", "applies MathF.Tanh to a number of a pair")]
    [InlineData("MathF.Exp(MathF.Abs(Vec.Sum(q) - Vec.Sum(k)))", "applies MathF.Abs to a number of a pair")]
    [InlineData("Vec.Sum(Vec.Tanh(q * k))", "applies MathF.Tanh to a number of a pair")]
    [InlineData("Vec.Dot(q, k) * Vec.Dot(q, k)", "multiplies a dot product by another one or by a vector")]
    [InlineData("1f / (2f + Vec.Dot(q, k))", "divides by more than a product of numbers of two tokens")]
    [InlineData("pair.Distance < 3 ? Vec.Dot(q, k) : 0f", "applies a comparison to a pair's distance")]
    [InlineData("(float)(pair.J - pair.I)", "computes with positions of two tokens in whole numbers or double")]
    [InlineData("((float)pair.J - (float)pair.I) * ((float)pair.J - (float)pair.I)", "multiplies sums of positions of two tokens")]
    [InlineData("pair.I < 3 ? Vec.Dot(q, k) : 1f / Vec.Sum(k)", "chooses what may be infinite where it is not chosen")]
    [InlineData("(Vec.Dot(q, k) + Vec.Sum(k)) * (Vec.Sum(q) + Vec.Sum(k)) * (Vec.Max(q) + Vec.Max(k))", "multiplies sums that come to 28 features, more than 24")]
    public void What_does_not_factor_is_named(string body, string reason)
    {
        ModelSpecification model = Declared(body);
        Assert.Equal("the coupling term Affinity " + reason, FactoredCouplings.ObstacleOf(model));
        Assert.Equal("dense because the coupling term Affinity " + reason, FactoredCouplings.Describe(model));
        Assert.False(FactoredCouplings.AreUsedBy(model));
    }

    [Theory]
    [InlineData("Similarity.ScaledDotProduct", "factored", Dim)]
    [InlineData("Similarity.Cosine", "factored", Dim)]
    [InlineData("Similarity.NegativeSquaredDistance", "factored", Dim + 2)]
    [InlineData("Similarity.JensenShannon", "dense because JensenShannon does not factor", 0)]
    public void Similarities_have_ranks(string similarity, string form, int rank)
    {
        ModelSpecification model = Read($"[Coupling({similarity})]", "");
        Assert.Equal((form, rank), (FactoredCouplings.Describe(model), FactoredCouplings.RankOf(model)));
    }

    [Theory]
    [InlineData(16, 256, true)]
    [InlineData(64, 256, true)]
    [InlineData(64, 255, false)]
    [InlineData(128, 511, false)]
    [InlineData(128, 512, true)]
    [InlineData(42, 256, true, 6)]
    [InlineData(64, 383, false, 6)]
    [InlineData(64, 384, true, 6)]
    public void Many_features_need_many_tokens(int dim, int tokens, bool factored, int tokensPerFeature = 4)
    {
        string normalize = tokensPerFeature == 4 ? "None" : "Batch";
        ModelSpecification model = Read($"[Coupling(Similarity.ScaledDotProduct, Normalize = Normalization.{normalize})]", "", tokens, dim);
        Assert.Equal(factored, FactoredCouplings.AreUsedBy(model));
        Assert.Equal(
            factored ? "factored" : $"dense because {tokens} tokens are fewer than {Math.Max(256, tokensPerFeature * FactoredCouplings.RankOf(model))}",
            FactoredCouplings.Describe(model));
    }

    [Fact]
    public void Nothing_emitted_grows_with_pairs()
    {
        string text = Emitted("", "MathF.Cos(pair.I) * MathF.Cos(pair.J) + (pair.I < 3 ? a : 0f) * Vec.Dot(w * q, k)");
        Assert.Contains($"CouplingRank = {1 + Dim},", text, StringComparison.Ordinal);
        Assert.Contains("ComputesFeatures = true", text, StringComparison.Ordinal);
        Assert.Contains("FeatureGradientKernel", text, StringComparison.Ordinal);
        Assert.Contains("OfTokens<", text, StringComparison.Ordinal);
        AssertNoPairs(text);
    }

    [Theory]
    [InlineData("Mask(MaskPattern.Window, Size = 9)", "int CouplingWindow => 9;", "CouplingWindow = 9,")]
    [InlineData("Mask(MaskPattern.Block, Size = 8)", "int CouplingBlock => 8;", "CouplingBlock = 8,")]
    [InlineData("LongRange(MinDistance = 3, Weight = 0.5, Decay = Decay.Linear)", "DistancePenalty LongRange => new(global::Qama.LongRangeForm.PenaliseNear, global::Qama.Decay.Linear, 3, 1023, 0.5);", "")]
    [InlineData("SoftSelection(Bits = 3, Curvature = 0.25)", "Bits => SelectionBits;", "")]
    [InlineData("Sparsity(AtMost = 9)", "SumPenaltyCount => 1;", "")]
    [InlineData("HeadExclusion(Hard = true)", "IsExclusionHard => true;", "")]
    public void Structures_are_told_to_annealing_without_tables_of_pairs(string attribute, string energy, string descriptor)
    {
        string text = Emitted($"[{attribute}]", "0.5f");
        Assert.Contains(Joined(energy), Joined(text), StringComparison.Ordinal);
        Assert.Contains(Joined(descriptor), Joined(text), StringComparison.Ordinal);
        AssertNoPairs(text);
    }

    // Long lines are broken.
    private static string Joined(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static void AssertNoPairs(string text)
    {
        Assert.Contains("IDeclaredFactoredAttention", text, StringComparison.Ordinal);
        Assert.DoesNotContain("OfPairs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("InteractingPairs", text, StringComparison.Ordinal);
    }

    private static string Emitted(string attributes, string body) => string.Concat(
        Emitter.Emit(KernelPlan.Lower(Declared(body, attributes, 1_024), ElementType.Single)).Select(f => f.Text));

    private static ModelSpecification Declared(string body, string attributes = "[Coupling(Similarity.None)]", int tokens = 4_096) => Read(
        attributes, $"""
        [CouplingTerm]
        static float Affinity(Vec q, Vec k, TokenPair pair, [Learnable(1)] float a, [Learnable(1)] Vec w) => {body};
        """, tokens);

    private static ModelSpecification Read(string attributes, string members, int tokens = 4_096, int dim = Dim)
    {
        string source = $$"""
            using System;
            using Qama;
            [QuboAttention(Tokens = {{tokens}}, EmbeddingDim = {{2 * dim}})] [Heads(2)]
            {{attributes}}
            public sealed partial class M
            {
                {{members}}
            }
            """;
        CSharpCompilation compilation = Compile.Source(source);
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        ModelDeclaration declaration = DeclarationReader.Read(
            compilation.GetTypeByMetadataName("M")!, new TermBodies(compilation, default), default);
        Assert.All(declaration.Terms, term => Assert.True(term.IsSound));
        return ModelSpecification.Resolve(declaration);
    }
}
