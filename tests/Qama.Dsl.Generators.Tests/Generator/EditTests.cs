using FsCheck;
using FsCheck.Fluent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>What an edit of another file changes in a declaration. The oracle is a new driver, which has nothing cached.</summary>
public class EditTests
{
    /// <summary>A model that takes what it can from other files.</summary>
    private const string Model = """
        using Qama;
        [QuboAttention(Tokens = Sizes.Tokens, EmbeddingDim = 8), Heads((int)Count.Heads)]
        public sealed partial class M : Base
        {
            [CouplingTerm]
            static float Affinity(Vec q, Vec k) => Sizes.Slope * Helper(Vec.Dot(q, k)) + Half(2) + Shift;
        }

        """;

    private const string Part = """
        public partial class M
        {
            static readonly float Shift = 0.25f;
            static float Helper(float x) => 3f * x;
            static float Half(float x) => x / 2f;
        }
        """;

    private const string Others = """
        using System;
        public interface Base { int Twice(int x) { return 2 * x; } }
        public enum Count { None, Heads = 2 }
        public static class Sizes
        {
            public const int Tokens = Origin.Tokens;
            public const float Slope = 0.5f;
            public static int Unused = 1;
        }
        """;

    private const string Origin = "public static class Origin { public const int Tokens = 8; }";

    [Theory]
    [InlineData(1, "Helper(float x) => 3f", "Helper(float x) => 4f")]
    [InlineData(1, "Shift = 0.25f", "Shift = 0.5f")]
    [InlineData(1, "static float Half", "static float Half(int x) => x;\n    static float Half")]
    [InlineData(1, "x / 2f", "Vec.Sum(x)")]
    [InlineData(2, "Heads = 2", "Heads = 4")]
    [InlineData(2, "{ None,", "{ None, One, Two, Three, Heads }\npublic enum Others { None,")]
    [InlineData(2, "Slope = 0.5f", "Slope = 0.75f")]
    [InlineData(2, "const float Slope", "static readonly float Slope")]
    [InlineData(2, "Tokens = Origin.Tokens", "Tokens = 2 * Origin.Tokens")]
    [InlineData(2, "using System;", "using System;\nusing Origin = Elsewhere;\nstatic class Elsewhere { public const int Tokens = 6; }")]
    [InlineData(2, "using System;", "using System;\npublic class HeadsAttribute(int count) : Attribute;")]
    [InlineData(2, "using System;", "global using Sizes = Qama.Other;\nusing System;\nnamespace Qama { public static class Other { public const int Tokens = 5; public const float Slope = 1f; } }")]
    [InlineData(2, "public interface Base", "public class Base { }\npublic interface NoBase")]
    [InlineData(2, "public interface Base", "#if !NEVER\npublic class Base { }\n#endif\npublic interface NoBase")]
    [InlineData(3, "= 8", "= 9")]
    [InlineData(3, "= 8", "=> 9")]
    [InlineData(3, "const int", "static int")]
    [InlineData(3, "public static class Origin { public const int Tokens = 8; }", "")]
    public void An_edit_that_changes_a_declaration_from_afar_is_noticed(int file, string written, string edited)
    {
        string[] files = [Model, Part, Others, Origin];
        Assert.Contains(written, files[file], StringComparison.Ordinal);
        CSharpCompilation before = Compile.Sources(files);
        CSharpCompilation after = before.Edit(files[file].Replace(written, edited, StringComparison.Ordinal), file);
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), before), second = first.Again(after);
        Assert.Equal(Generate.Run(new QuboAttentionGenerator(), after).Files, second.Files);
        Assert.NotEqual(first.Files, second.Files);
        Assert.Equal(first.Files, second.Again(before).Files);
    }

    [Fact]
    public void A_file_that_comes_or_goes_is_noticed()
    {
        CSharpCompilation whole = Compile.Sources(Model, Part, Others, Origin), without = whole.RemoveSyntaxTrees(whole.SyntaxTrees[1]);
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), whole), second = first.Again(without);
        Assert.Equal(Generate.Run(new QuboAttentionGenerator(), without).Files, second.Files);
        Assert.NotEqual(first.Files, second.Files);
        Assert.Equal(first.Files, second.Again(whole).Files);
    }

    [Fact]
    public void Another_reference_is_noticed()
    {
        CSharpCompilation library = Compile.Source("public static class Sizes { public const int Tokens = 8; public const float Slope = 1f; }")
            .WithAssemblyName("Library");
        CSharpCompilation before = Compile.Sources(Model, Part, "public enum Count { Heads = 2 } public interface Base;")
            .AddReferences(library.ToMetadataReference());
        CSharpCompilation after = before.ReplaceReference(
            before.References.Last(), library.Edit("public static class Sizes { public const int Tokens = 9; public const float Slope = 1f; }").ToMetadataReference());
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), before), second = first.Again(after);
        Assert.Equal(Generate.Run(new QuboAttentionGenerator(), after).Files, second.Files);
        Assert.NotEqual(first.Files, second.Files);
    }

    /// <summary>Any walk through versions of all files, some of which do not compile, ends where a new build is.</summary>
    [Fact]
    public void A_sequence_of_edits_ends_where_a_new_build_does()
    {
        string[][] versions =
        [
            [Model, Model.Replace("= 8", "= 4", StringComparison.Ordinal), "// above\n" + Model, Model + Model.Replace(" M ", " N ", StringComparison.Ordinal)],
            [Part, Part.Replace("3f", "4f", StringComparison.Ordinal), Part.Replace("partial ", "", StringComparison.Ordinal), ""],
            [Others, Others.Replace("2 *", "3 *", StringComparison.Ordinal), Others.Replace("0.5f", "1f", StringComparison.Ordinal), Others.Replace("0.5f", "", StringComparison.Ordinal)],
            [Origin, Origin.Replace("8", "6", StringComparison.Ordinal), Origin.Replace("const", "static", StringComparison.Ordinal), Origin.Replace("{", "{ int x = 2;", StringComparison.Ordinal)],
        ];
        Gen<(int File, int Version)[]> walks = Gen.Zip(Gen.Choose(0, 3), Gen.Choose(0, 3)).Select(p => (p.Item1, p.Item2)).ArrayOf(6);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(12),
            Prop.ForAll(walks.ToArbitrary(), walk =>
            {
                CSharpCompilation compilation = Compile.Sources(Model, Part, Others, Origin);
                GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation);
                foreach ((int file, int version) in walk)
                {
                    compilation = compilation.Edit(versions[file][version], file);
                    run = run.Again(compilation);
                    Assert.Equal(Generate.Run(new QuboAttentionGenerator(), compilation).Files, run.Files);
                }
            }));
    }
}
