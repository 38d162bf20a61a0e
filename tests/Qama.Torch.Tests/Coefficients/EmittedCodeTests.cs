using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Torch.Energies;
using Qama.Torch.Tensors;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>What is emitted compiles without warnings, and says what the declaration says.</summary>
public class EmittedCodeTests
{
    private static readonly string[] _sources =
    [
        .. new[] { "", "Preset = Preset.QamaV1", "Preset = Preset.QamaV2", "Preset = Preset.QamaV2Stable" }
            .Select((preset, n) => Declare(n, preset.Length > 0 ? ", " + preset : "", "")),
        Declare(4, "", "[Readout(ReadoutKind.SelectedAttention)]"),
        Declare(5, "", "[Readout(ReadoutKind.Expectation, Weighted = true), HeadExclusion(Hard = true), Sparsity(AtMost = 2)]"),
        Declare(6, ", Preset = Preset.QamaV2", "[Coupling(Similarity.ScaledDotProduct, Weight = 0)]"),
        Declare(7, "", """
            [Field(Importance.ValueProjection), Readout(ReadoutKind.SelectedAttention)]
            """, """
            {
                [CouplingTerm] static float Same(Vec q, Vec k, TokenPair pair, [Learnable(2)] float reserved) => 0.5f;
                [FieldTerm] static float Own(Vec v, TokenPosition t) => t.Index / 2;
                static float Max(float x, float y) => x;
                static class Tensor;
            }
            """),
    ];

    [Fact]
    public void It_compiles_without_warnings()
    {
        Compilation compilation = DeclaredModels.Compile(_sources);
        SyntaxTree[] files = [.. compilation.SyntaxTrees.Where(t => t.FilePath.EndsWith(DeclaredModels.TensorsFile, StringComparison.Ordinal))];
        Assert.Equal(_sources.Length, files.Length);
        foreach (SyntaxTree file in files)
        {
            // Without what keeps warnings of later compilers from users.
            string text = file.ToString().Replace("#pragma warning disable\n", "", StringComparison.Ordinal);
            SyntaxTree bare = CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)file.Options, file.FilePath);
            IEnumerable<Diagnostic> found = compilation.ReplaceSyntaxTree(file, bare).GetSemanticModel(bare).GetDiagnostics();
            Assert.Empty(found.Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));
        }
    }

    [Fact]
    public void Readouts_and_energies_are_those_of_the_declaration()
    {
        var models = new DeclaredModels(_sources);
        TensorReadout[] readouts = [.. _sources.Select((_, n) => models.Tensors("M" + n).Readout)];
        Assert.Equal(
            [
                new(TensorReadoutKind.LocalEnergy, 0), new(TensorReadoutKind.EntropyShare), new(TensorReadoutKind.LocalEnergy, 0),
                new(TensorReadoutKind.LocalEnergy, 0), new(TensorReadoutKind.SelectedAttention),
                new(TensorReadoutKind.Expectation, 0, IsWeighted: true), new(TensorReadoutKind.LocalEnergy, 0),
                new(TensorReadoutKind.SelectedAttention),
            ],
            readouts);
        TensorEnergy energy = models.Tensors("M5").Energy;
        Assert.Equal((6, 2, 2), (energy.Tokens, energy.Heads, energy.ComputedWeightCount));
        Assert.Same(energy, models.Tensors("M5").Energy);
        Assert.False(models.Tensors("M6").Energy.HasCoupling);
        Assert.Null(models.Tensors("M0").ComputeWeights(null!));
    }

    [Fact]
    public void Coefficients_that_depend_on_nothing_or_on_positions_alone_are_the_native_ones()
    {
        var models = new DeclaredModels(_sources);
        var layer = models.Layer("M7");
        CoefficientPoint point = new(layer, new Random(1), 6);
        CoefficientComparison.AssertSame(layer, models.Tensors("M7"), [point], TorchSharp.torch.ScalarType.Float64, 1e-12, 1e-12);
        Assert.Null(models.Tensors("M6").Couplings(null!));
    }

    private static string Declare(int number, string preset, string attributes, string body = ";") => $"""
        using Qama;
        [QuboAttention(Tokens = 6, EmbeddingDim = 6{preset}), Heads(2)]
        {attributes}
        public sealed partial class M{number} {body}
        """;
}
