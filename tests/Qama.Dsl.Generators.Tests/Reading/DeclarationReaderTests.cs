using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Reading;

public class DeclarationReaderTests
{
    private const string Code = """
        using Qama;
        namespace App.@event
        {
            public partial struct Outer
            {
                [System.Obsolete, QuboAttention(Tokens = 4 * 4, EmbeddingDim = 64, Preset = Preset.QamaV2)]
                [Heads(4, HeadDim = 8), HeadExclusion(Weight = 0.5, Scale = TermScale.Pairs)]
                public sealed partial class @class { int _field; public int Use() => _field++; public class Nested; }
            }
        }
        """;

    [Fact]
    public void A_declaration_is_read_as_written()
    {
        ModelDeclaration declaration = Read(Compile.Source(Code));
        Assert.Equal(
            new TypeIdentity("App.@event", ["partial struct Outer"], "@class", "App.event.Outer.class"), declaration.Type);
        Assert.Equal(TypeTraits.Partial | TypeTraits.ContainersPartial, declaration.Traits);
        Assert.Equal(["Nested", "Use", "_field"], declaration.Members);
        Assert.Equal(
            [
                new DeclaredAttribute("QuboAttention", 1, [Given("Tokens", 16), Given("EmbeddingDim", 64), Given("Preset", 2)]),
                new DeclaredAttribute("Heads", 2, [Given("Count", 4), Given("HeadDim", 8)]),
                new DeclaredAttribute("HeadExclusion", 3, [Given("Weight", 0.5), Given("Scale", 3)]),
            ],
            declaration.Attributes);
        Assert.False(declaration.IsBroken);
    }

    [Theory]
    [InlineData("_field++", "_field + 1")]
    [InlineData("using Qama;", "// A comment.\nusing System;\nusing Qama;\n")]
    [InlineData("4 * 4", "0x10")]
    [InlineData("System.Obsolete", "System.Serializable")]
    public void An_unrelated_edit_gives_an_equal_declaration(string text, string replacement)
    {
        CSharpCompilation compilation = Compile.Source(Code);
        ModelDeclaration before = Read(compilation);
        ModelDeclaration after = Read(compilation.Edit(Code.Replace(text, replacement, StringComparison.Ordinal)));
        Assert.NotSame(before, after);
        Assert.Equal(before, after);
        Assert.Equal(before.GetHashCode(), after.GetHashCode());
        Assert.Equal(ModelSpecification.Resolve(before), ModelSpecification.Resolve(after));
    }

    [Theory]
    [InlineData("4 * 4", "4 * 5")]
    [InlineData("TermScale.Pairs", "TermScale.MeanField")]
    [InlineData("_field", "_other")]
    [InlineData("struct", "class")]
    [InlineData("HeadDim = 8", "")]
    [InlineData("HeadDim = 8", "HeadDim = ")]
    [InlineData("sealed partial", "sealed")]
    public void An_edit_of_the_declaration_gives_another(string text, string replacement)
    {
        CSharpCompilation compilation = Compile.Source(Code);
        Assert.NotEqual(Read(compilation), Read(compilation.Edit(Code.Replace(text, replacement, StringComparison.Ordinal))));
    }

    [Fact]
    public void The_generated_part_does_not_change_the_declaration()
    {
        CSharpCompilation compilation = Compile.Source(Code);
        CSharpCompilation generated = compilation.AddSyntaxTrees(Compile.Parse(
            "namespace App.@event { partial struct Outer { partial class @class { public const int Tokens = 16; public @class(long seed) { } } } }",
            "x/Qama.Generators.QuboAttentionGenerator/class.g.cs"));
        Assert.Equal(Read(compilation), Read(generated));
    }

    [Fact]
    public void Nothing_of_Roslyn_is_reachable_from_a_declaration()
    {
        ModelDeclaration declaration = Read(Compile.Source(Code));
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Walk(declaration, nameof(ModelDeclaration));
        Walk(ModelSpecification.Resolve(declaration), nameof(ModelSpecification));
        Assert.True(seen.Count > 10, "The walk went nowhere.");

        void Walk(object? node, string path)
        {
            if (node is null || node.GetType().IsPrimitive || node is string || !seen.Add(node))
            {
                return;
            }

            Assert.False(
                node is ISymbol or SyntaxNode or SyntaxTree or Compilation or SemanticModel or Location or AttributeData,
                $"{path} holds a {node.GetType()}.");
            if (node is IEnumerable items)
            {
                foreach (object? item in items)
                {
                    Walk(item, path + "[]");
                }
            }

            for (Type? type = node.GetType(); type is not null && type != typeof(object); type = type.BaseType)
            {
                foreach (FieldInfo field in type.GetFields(
                    BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    Walk(field.GetValue(node), path + "." + field.Name);
                }
            }
        }
    }

    private static DeclaredArgument Given(string name, double value) => new(name, value, false);

    private static ModelDeclaration Read(CSharpCompilation compilation) => DeclarationReader.Read(
        (INamedTypeSymbol)compilation.GetSymbolsWithName("class", SymbolFilter.Type).Single(), terms: [], default);
}
