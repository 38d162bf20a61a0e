using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Terms;

/// <summary>Diagnostics at their own places, and what an edit makes the generator do again.</summary>
public class TermReaderTests
{
    [Theory]
    [InlineData("QAMA0401", "[CouplingTerm] static int {|QAMA0401:Affinity|}(Vec q, Vec k) => q.Length;")]
    [InlineData("QAMA0402", "[CouplingTerm] static float Affinity(Vec q, Vec k, float {|QAMA0402:slope|}) => slope * Vec.Dot(q, k);")]
    [InlineData("QAMA0402", "[FieldTerm] static float Salience(Vec v, TokenPair {|QAMA0402:pair|}) => Vec.Sum(v);")]
    [InlineData("QAMA0403", "[FieldTerm] static float Salience(Vec v) { float s = 0; {|QAMA0403:while (s < 1f) { s += 1f; }|} return s * Vec.Sum(v); }")]
    [InlineData("QAMA0404", "[FieldTerm] static float Salience(Vec v) => {|QAMA0404:v[0]|} + Vec.Sum(v);")]
    [InlineData("QAMA0405", "[FieldTerm] static float Salience(Vec v) => Vec.Sum(v) + {|QAMA0405:System.Random.Shared.NextSingle()|};")]
    [InlineData("QAMA0406", "[FieldTerm] static float Salience(Vec v) => {|QAMA0406:Salience(v)|};")]
    [InlineData("QAMA0407", "[FieldTerm] static float Salience(Vec v) => Vec.Sum(v) * (float){|QAMA0407:(decimal)v.Length|};")]
    [InlineData("QAMA0408", "static float s; [FieldTerm] static float Salience(Vec v) => {|QAMA0408:s|} * Vec.Sum(v);")]
    [InlineData("QAMA0409", "[FieldTerm] static float Salience(Vec v) => {|QAMA0409:System.MathF.Log(-1f - Vec.Norm(v))|};")]
    [InlineData("QAMA0409", "[PairTerm(Weight = 1)] static float Near(TokenPair pair) => {|QAMA0409:1f / (pair.Distance - 2f)|};")]
    [InlineData("QAMA0409", "[PairTerm(Weight = 1)] static float Near(TokenPair pair) => {|QAMA0409:6 / (pair.Distance - 2)|};")]
    [InlineData("QAMA0409", "[PairTerm(Weight = 1)] static float Near(TokenPair pair) => {|QAMA0409:(float)checked(int.MaxValue - 2 + pair.J)|};")]
    [InlineData("QAMA0409", "[PairTerm(Weight = 1)] static float Near(TokenPair pair) => {|QAMA0409:pair.Distance switch { 1 => 1f, 2 => 0f }|};")]
    [InlineData("QAMA0411", "[FieldTerm] static float Salience(Vec v, [Learnable(1)] float {|QAMA0411:a|}) => Vec.Sum(v);")]
    [InlineData("QAMA0412", "[FieldTerm] static float Salience(Vec v, TokenPosition {|QAMA0412:p|}) => Vec.Sum(v);")]
    [InlineData("QAMA0413", "[TokenTerm(Weight = 1)] static float Late(TokenPosition p, [Learnable(1)] float {|QAMA0413:a|}) => a * p.Index;")]
    [InlineData("QAMA0101", "[{|QAMA0101:PairTerm|}] static float Near(TokenPair pair) => 1f / pair.Distance;")]
    [InlineData("QAMA0102", "[CouplingTerm(Weight = {|QAMA0102:-1|})] static float Affinity(Vec q, Vec k) => Vec.Dot(q, k);")]
    public async Task A_construct_is_reported_at_its_own_place(string id, string members)
    {
        Assert.Contains(id, members, StringComparison.Ordinal);
        await new DeclarationTest(
            "using Qama;\n[QuboAttention(Tokens = 4, EmbeddingDim = 6)]\n[Heads(2)]\npartial class M\n{\n    " + members + "\n}\n").RunAsync();
    }

    [Theory]
    [InlineData("pair.Distance == 2 ? 0f : 6 / (pair.Distance - 2)")]
    [InlineData("pair.Distance != 2 && 6 / (pair.Distance - 2) > 3 ? 1f : 0f")]
    [InlineData("unchecked(int.MaxValue - 2 + pair.J)")]
    [InlineData("pair.Distance switch { 1 => 1f, 2 => 0f, > 2 => 0.5f, _ => 6 / (pair.Distance - 2) }")]
    [InlineData("pair.Distance switch { 1 => 1f, 2 => 0f, 3 => 0.5f }")]
    public async Task What_throws_nowhere_is_silent(string value) => await new DeclarationTest(
        "using Qama;\n[QuboAttention(Tokens = 4, EmbeddingDim = 6)]\n[Heads(2)]\npartial class M\n{\n"
        + "[PairTerm(Weight = 1)] static float Near(TokenPair pair) => " + value + ";\n}\n").RunAsync();

    [Fact]
    public void An_edit_outside_the_terms_runs_nothing_past_the_first_stage()
    {
        const string Model = """
            using Qama;
            [QuboAttention(Tokens = 4, EmbeddingDim = 6)]
            [Heads(2)]
            public partial class M
            {
                [CouplingTerm]
                static float Affinity(Vec q, Vec k, TokenPair pair) => Vec.Dot(q, k) - System.MathF.Log(1f + pair.Distance);
            }
            """;
        CSharpCompilation compilation = Compile.Sources(Model, "class Other { int x; }");
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), compilation);
        SyntaxTree other = compilation.SyntaxTrees.Last();
        GeneratorRun second = first.Again(compilation.ReplaceSyntaxTree(other, Parse("class Other { int y; }", other)));
        Assert.All(second.Reasons(StepNames.Declaration), r => Assert.Equal(IncrementalStepRunReason.Unchanged, r));
        Assert.All(second.Reasons(StepNames.Files), r => Assert.Equal(IncrementalStepRunReason.Cached, r));

        // Moved, and with another space: the same term.
        SyntaxTree model = compilation.SyntaxTrees.First();
        GeneratorRun moved = first.Again(compilation.ReplaceSyntaxTree(model, Parse("\n// above\n" + Model.Replace("Dot(q, k)", "Dot( q,  k )", StringComparison.Ordinal), model)));
        Assert.All(moved.Reasons(StepNames.Files), r => Assert.Equal(IncrementalStepRunReason.Cached, r));

        GeneratorRun changed = first.Again(compilation.ReplaceSyntaxTree(model, Parse(Model.Replace("1f +", "2f +", StringComparison.Ordinal), model)));
        Assert.Contains(IncrementalStepRunReason.Modified, changed.Reasons(StepNames.Files));
        Assert.Contains("2f + ", changed.File("M.Layer.g.cs"), StringComparison.Ordinal);
    }

    private static SyntaxTree Parse(string text, SyntaxTree replaced) =>
        CSharpSyntaxTree.ParseText(text, Compile.ParseOptions, replaced.FilePath);
}
