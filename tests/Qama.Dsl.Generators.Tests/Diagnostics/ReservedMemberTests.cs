using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Model;
using Qama.Generators.Tests.Generator;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>The list of reserved names keeps up with what is emitted.</summary>
public class ReservedMemberTests
{
    [Theory]
    [InlineData("QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV1), Heads(2)")]
    [InlineData("QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2), SoftSelection(Bits = 2, Curvature = 0.5)")]
    [InlineData("QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Readout(ReadoutKind.SelectedAttention), Mask(MaskPattern.Window, Size = 2)")]
    [InlineData("QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Readout(ReadoutKind.Expectation), Coupling(Similarity.JensenShannon)")]
    [InlineData(
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Grid(2, 3), HeadExclusion(Hard = true), Sparsity(AtMost = 2, AtLeast = 1), " +
        "Sparsity(AtMost = 3, Weight = 1, Slack = SlackKind.Unbalanced), LongRange(MinDistance = 2, Weight = 0.25), Mask(MaskPattern.Block, Size = 3)")]
    public void Every_member_of_generated_code_is_reserved(string attributes)
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.Source($"using Qama; [{attributes}] public sealed partial class M;")).AssertClean();
        INamedTypeSymbol type = run.Output.GetTypeByMetadataName("M")!;
        string[] names =
        [
            .. type.GetMembers().Where(m => !m.IsImplicitlyDeclared && m.CanBeReferencedByName && !IsExplicit(m)).Select(m => m.Name).Distinct(),
        ];
        Assert.Contains("Descriptor", names);
        Assert.DoesNotContain(names, n => !GeneratedNames.IsReserved(n));
    }

    private static bool IsExplicit(ISymbol member) => member.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is
        MethodDeclarationSyntax { ExplicitInterfaceSpecifier: not null } or PropertyDeclarationSyntax { ExplicitInterfaceSpecifier: not null });

    [Theory]
    [InlineData("Sparsity2", true)]
    [InlineData("SparsityWeight13", true)]
    [InlineData("SparsitySlack2", true)]
    [InlineData("Sparsity0", false)]
    [InlineData("Sparsity2x", false)]
    [InlineData("SparsityPattern", false)]
    public void Numbered_members_are_reserved(string name, bool reserved) => Assert.Equal(reserved, GeneratedNames.IsReserved(name));

    [Fact]
    public void What_is_inherited_is_known()
    {
        INamedTypeSymbol layer = Compile.Source("").GetTypeByMetadataName("Qama.Attention.QuboAttentionLayer`1")!;
        Assert.Equal(
            layer.GetMembers().Where(m => m.CanBeReferencedByName && m.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected)
                .Select(m => m.Name).Distinct().Order(StringComparer.Ordinal),
            GeneratedNames.Inherited.Order(StringComparer.Ordinal));
        Assert.Empty(layer.GetTypeMembers().Where(t => t.CanBeReferencedByName));
    }

    [Fact]
    public void The_types_among_the_generated_members_are_known()
    {
        CSharpCompilation compilation = Compile.Sources(
            "using Qama; [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2)] public sealed partial class M;", TorchTests.Recent);
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation);
        Assert.Equal(
            GeneratedNames.Types.Order(StringComparer.Ordinal),
            run.Output.GetTypeByMetadataName("M")!.GetTypeMembers().Select(t => t.Name).Order(StringComparer.Ordinal));
    }
}
