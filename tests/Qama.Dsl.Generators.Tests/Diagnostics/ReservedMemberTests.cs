using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Qama.Generators.Model;
using Qama.Generators.Tests.Generator;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>The list of reserved names is what is emitted.</summary>
public class ReservedMemberTests
{
    /// <summary>Declarations that together have every member there is, the presets first.</summary>
    internal static readonly string[] Declarations =
    [
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV1), Heads(2)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2Stable), Heads(2)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV2), Heads(2), SoftSelection(Bits = 2, Curvature = 0.5)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Readout(ReadoutKind.SelectedAttention), Mask(MaskPattern.Window, Size = 2)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Readout(ReadoutKind.Expectation), Coupling(Similarity.JensenShannon)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Gradient(GradientKind.Blackbox)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Readout(ReadoutKind.SelectedAttention), Gradient(GradientKind.Perturbed)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8, Preset = Preset.QamaV1), Heads(2), Gradient(GradientKind.Nudged)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Grid(2, 3), HeadExclusion(Hard = true), Sparsity(AtMost = 2, AtLeast = 1), "
            + "Sparsity(AtMost = 3, Weight = 1, Slack = SlackKind.Unbalanced), LongRange(MinDistance = 2, Weight = 0.25), Mask(MaskPattern.Block, Size = 3)",
        "QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Causal, Block = 3), LongRange(MinDistance = 2, Weight = 0.25), "
            + "Mask(MaskPattern.Window, Size = 2), Readout(ReadoutKind.SelectedAttention)",
        "QuboAttention(Tokens = 6, KeyTokens = 5, EmbeddingDim = 8), Heads(2), Select(Per = SelectionScope.Query), Readout(ReadoutKind.SelectedAttention)",
    ];

    /// <summary>A term of single tokens, which needs a method.</summary>
    private const string Term = "Late";

    [Fact]
    public void The_members_of_generated_classes_are_the_reserved_names()
    {
        string[] names = [.. Declarations.SelectMany(d => Members(d).Select(m => m.Name)).Distinct()];
        Assert.Equal(
            GeneratedNames.All.Where(n => !n.StartsWith("get_", StringComparison.Ordinal) && !n.StartsWith("set_", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            names.Order(StringComparer.Ordinal));
    }

    /// <summary>Private members are in one type, which holds all else.</summary>
    [Fact]
    public void One_private_type_holds_what_users_do_not_call() => Assert.All(Declarations, declaration => Assert.Equal(
        [GeneratedNames.Nested], Members(declaration).Where(m => m.DeclaredAccessibility == Accessibility.Private).Select(m => m.Name)));

    [Fact]
    public void Every_generated_member_says_so()
    {
        foreach (ISymbol member in Declarations.SelectMany(Members))
        {
            string[] marks = [.. member.GetAttributes().Select(a => a.AttributeClass!.Name)];
            Assert.Contains("GeneratedCodeAttribute", marks);
            Assert.Equal(member is not IFieldSymbol, marks.Contains("DebuggerNonUserCodeAttribute"));
            Assert.Equal(member is not IFieldSymbol, marks.Contains("ExcludeFromCodeCoverageAttribute"));
        }
    }

    [Fact]
    public void The_class_itself_stays_the_users() =>
        Assert.DoesNotContain(Compiled(Declarations[0]).GetAttributes(), a => a.AttributeClass!.ContainingNamespace.Name != "Qama");

    private static INamedTypeSymbol Compiled(string attributes) => Generate.Run(
        new QuboAttentionGenerator(), Compile.WithTorch($"using Qama; [{attributes}] public sealed partial class M {{ [TokenTerm(Weight = 0.5)] public static float {Term}(TokenPosition token) => token.Index; }}"))
        .Output.GetTypeByMetadataName("M")!;

    private static IEnumerable<ISymbol> Members(string attributes) => Compiled(attributes).GetMembers()
        .Where(m => !m.IsImplicitlyDeclared && m.CanBeReferencedByName && m.Name != Term && !IsExplicit(m));

    private static bool IsExplicit(ISymbol member) => member.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is
        MethodDeclarationSyntax { ExplicitInterfaceSpecifier: not null } or PropertyDeclarationSyntax { ExplicitInterfaceSpecifier: not null });

    [Fact]
    public void What_is_inherited_is_known()
    {
        INamedTypeSymbol layer = Compile.Source("").GetTypeByMetadataName("Qama.Layers.QuboAttentionLayer`1")!;
        Assert.Equal(
            layer.GetMembers().Where(m => m.CanBeReferencedByName && m.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected)
                .Select(m => m.Name).Distinct().Order(StringComparer.Ordinal),
            GeneratedNames.Inherited.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(layer.GetTypeMembers(), t => t.DeclaredAccessibility != Accessibility.Private); // private names hide nothing
    }

    [Fact]
    public void The_types_among_the_generated_members_are_known()
    {
        Assert.Equal(
            GeneratedNames.Types.Order(StringComparer.Ordinal),
            Declarations.SelectMany(d => Compiled(d).GetTypeMembers()).Select(t => t.Name).Distinct().Order(StringComparer.Ordinal));
    }
}
