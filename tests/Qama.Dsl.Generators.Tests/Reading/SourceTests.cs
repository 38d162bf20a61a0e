using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Qama.Generators.Tests.Reading;

using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Vocabulary;

/// <summary>From C# source to the specification.</summary>
public class SourceTests
{
    [Fact]
    public void Every_word_of_a_declaration_arrives()
    {
        ModelSpecification model = Resolve("""
            using Qama;
            [QuboAttention(Tokens = 49, EmbeddingDim = 64)]
            [Heads(8, HeadDim = 16)]
            [Grid(7, 7)]
            [SoftSelection(Bits = 2, Curvature = 0.5)]
            [Coupling(Similarity.Cosine, Weight = 2, Normalize = Normalization.Batch)]
            [Field(Importance.ValueNorm, Weight = 0.16, Scale = TermScale.Tokens, Normalize = Normalization.Batch)]
            [HeadExclusion(Scale = TermScale.MeanField, On = ExclusionTarget.Bits, Hard = true)]
            [Sparsity(AtMost = 12)]
            [Sparsity(AtLeast = 2.5, Weight = 3, Slack = SlackKind.Unbalanced)]
            [LongRange(MinDistance = 4, Weight = 0.25, Form = LongRangeForm.RewardFar, Decay = Decay.Exponential)]
            [Mask(MaskPattern.Window, Size = 5)]
            [Readout(ReadoutKind.Expectation, Reads = 8, Temperature = 0.5, Weighted = true)]
            [Inputs(LayerNorm = false, Projected = true, Bias = true)]
            [Target(Device.Custom, Spins = 2000, Bits = 10)]
            public sealed partial class PatchAttention;
            """);
        Assert.Equal((49, 64, 8, 16), (model.Tokens, model.EmbeddingDim, model.HeadCount, model.HeadDim));
        Assert.Equal(new GridPart(7, 7) { Origin = At(2) }, model.Grid);
        Assert.Equal(new SelectionPart(2, 0.5) { Origin = At(3) }, model.Selection);
        Assert.Equal(new CouplingPart(Similarity.Cosine, 2) { Normalize = Normalization.Batch, Origin = At(4) }, model.Coupling);
        Assert.Equal(
            new FieldPart(Importance.ValueNorm, 0.16, TermScale.Tokens) { Normalize = Normalization.Batch, Origin = At(5) }, model.Field);
        Assert.Equal(
            new ExclusionPart(double.NaN, TermScale.MeanField) { On = ExclusionTarget.Bits, Hard = true, Origin = At(6) }, model.Exclusion);
        Assert.Equal(
            [
                new SparsityPart(ConstraintKind.AtMost, 12, double.NaN, SlackKind.Binary) { Origin = At(7) },
                new SparsityPart(ConstraintKind.AtLeast, 2.5, 3, SlackKind.Unbalanced) { Origin = At(8) },
            ],
            model.Sparsity);
        Assert.Equal(new LongRangePart(4, 0.25, LongRangeForm.RewardFar, Decay.Exponential) { Origin = At(9) }, model.LongRange);
        Assert.Equal(new MaskPart(MaskPattern.Window, 5) { Origin = At(10) }, model.Mask);
        Assert.Equal(ReadoutKind.Expectation, model.Readout);
        Assert.Equal(new ReadoutOptions(8, 0.5, true) { HasTemperature = true, Origin = At(11) }, model.ReadoutOptions);
        Assert.Equal(new InputPart(LayerNorm: false, Projected: true, Bias: true) { Origin = At(12) }, model.Inputs);
        Assert.Equal(new TargetPart(Device.Custom, 2000, 10) { Origin = At(13) }, model.Target);
    }

    [Fact]
    public void Half_typed_declarations_resolve()
    {
        ModelSpecification model = Resolve("""
            using Qama;
            [QuboAttention(Tokens = , EmbeddingDim = 64, Preset = Preset.Qama)]
            [Heads(]
            [Sparsity(AtMost = "many", Slack = )]
            [Mask(MaskPattern.)]
            [Grid(3)]
            public sealed partial class PatchAttention;
            """);
        Assert.Equal(64, model.EmbeddingDim);
        Assert.Empty(ModelConstraints.Of(model));
    }

    private static ModelSpecification Resolve(string source)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "Qama.Dsl.dll")
            .Select(p => MetadataReference.CreateFromFile(p));
        var compilation = CSharpCompilation.Create("Test", [CSharpSyntaxTree.ParseText(source)], references);
        INamedTypeSymbol type = compilation.GetTypeByMetadataName("PatchAttention")!;
        return ModelSpecification.Resolve(DeclarationReader.Read(type, terms: [], CancellationToken.None));
    }

    private static PartOrigin At(int ordinal) => new(OriginKind.Attribute, ordinal);
}
