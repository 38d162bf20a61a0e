using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Analysis;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Validation;

namespace Qama.Generators.Tests.Diagnostics;

public class BrokenDeclarationTests
{
    [Theory]
    [InlineData("[QuboAttention(Tokens = , EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = Unknown, EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = \"a\", EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = 5000000000, EmbeddingDim = 64), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim), Heads(4)]")]
    [InlineData("[QuboAttention(Tok), Heads(4)]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads()]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4, HeadDim = )]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(6, HeadDim = )]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), HeadExclusion(Weight = )]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), Coupling]")]
    [InlineData("[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4), Coupling(Similarity.)]")]
    public async Task What_does_not_compile_yet_is_left_to_the_compiler_and_not_emitted(string attributes)
    {
        string code = "using Qama;\n" + attributes + "\npublic sealed partial class M;";
        CSharpCompilation compilation = Compile.Source(code);
        Assert.Contains(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(await Declared.DiagnosticsAsync(code));

        ModelDeclaration declaration = DeclarationReader.Read(compilation.GetTypeByMetadataName("M")!, terms: [], default);
        Assert.False(Validator.CanEmit(declaration, ModelSpecification.Resolve(declaration)));
    }

    [Fact]
    public async Task A_base_that_does_not_bind_is_left_to_the_compiler() => Assert.Empty(await Declared.DiagnosticsAsync(
        "using Qama; [QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4)] partial class M : Unknown;"));

    [Fact]
    public async Task Another_model_is_still_checked_beside_a_broken_one() => Assert.Equal(
        ["QAMA0012"],
        (await Declared.DiagnosticsAsync(
            "using Qama; [QuboAttention(Tokens = , EmbeddingDim = 64), Heads(4)] partial class A;" +
            "[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(0)] partial class B;")).Select(d => d.Id));

    [Fact]
    public async Task No_edit_of_a_declaration_makes_the_analyzer_throw()
    {
        const string Start = """
            using Qama;
            namespace App;
            partial class Outer
            {
                [QuboAttention(Tokens = 16, EmbeddingDim = 64, Preset = Preset.QamaV2), Heads(count: 4, HeadDim = 16)]
                [Coupling(Similarity.ScaledDotProduct, Weight = 0.5), Field(Importance.ValueProjection, Scale = TermScale.Tokens)]
                [HeadExclusion(Weight = 0.8, Scale = TermScale.MeanField), Readout(ReadoutKind.LocalEnergy)]
                public sealed partial class M : System.IDisposable
                {
                    public M(long seed) { }
                    void Energy(int x) { }
                    public void Dispose() { }
                }
            }
            """;
        string[] pieces =
        [
            "(", ")", "[", "]", "{", "}", "<T>", ",", "=", ";", ":", "-1", "0", "1e999", "double.NaN", "\"x\"", "null", "default",
            "typeof(int)", "record", "static", "file", "abstract", "partial", "new[]{1}", "@class", "count:", "Heads",
            "(Similarity)9", "\0", "/*",
        ];
        SyntaxToken[] tokens =
            [.. Compile.Parse(Start).GetRoot().DescendantTokens().Where(t => !t.IsKind(SyntaxKind.EndOfFileToken))];
        var random = new Random(5);
        var sources = new List<string>();
        for (int i = 0; i < 400; i++)
        {
            string code = Start;
            for (int edit = random.Next(1, 4); edit > 0; edit--)
            {
                SyntaxToken token = tokens[random.Next(tokens.Length)];
                int at = Math.Min(token.SpanStart, code.Length);
                int end = Math.Min(token.Span.End, code.Length);
                string piece = random.Next(4) == 0 ? "" : pieces[random.Next(pieces.Length)];
                code = code[..at] + piece + code[(random.Next(2) == 0 ? at : end)..];
            }

            sources.Add(code);
        }

        foreach (string code in sources)
        {
            CSharpCompilation compilation = Compile.Source(code);
            foreach (Diagnostic diagnostic in await Analyze.DiagnosticsAsync(compilation, new DeclarationAnalyzer()))
            {
                Assert.StartsWith("QAMA", diagnostic.Id, StringComparison.Ordinal);
                Assert.True(diagnostic.Location.IsInSource);
                Assert.DoesNotContain("{", diagnostic.GetMessage(null), StringComparison.Ordinal);
            }
        }
    }
}
