using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>Code that the generator reads means the same before and after there is a generated part, or is an error that says so.</summary>
public class TakenNameTests
{
    private const string Root = "[QuboAttention(Tokens = 16, EmbeddingDim = 16), Heads(2)";

    [Theory]
    [InlineData("global using static Machine; static class Machine { public const int SpinCount = 100; }", ", Target(Device.Custom, Spins = {|QAMA0032:SpinCount|}, Bits = 8)")]
    [InlineData("static class Generated { public const int Near = 4; }", ", LongRange(MinDistance = {|QAMA0032:Generated|}.Near, Weight = 0.25)")]
    [InlineData("enum HeadCount { Two = 2 }", ", LongRange(MinDistance = 1 + 2 * (int){|QAMA0032:HeadCount|}.Two, Weight = 0.25)")]
    [InlineData("namespace Descriptor { static class All { public const int Near = 4; } }", ", LongRange(MinDistance = {|QAMA0032:Descriptor|}.All.Near, Weight = 0.25)")]
    [InlineData("static class Parameters { public const int Near = 4; }", ", LongRange(MinDistance = {|QAMA0032:Parameters|}.Near, Weight = 0.25)")]
    [InlineData("static class Mode { public const int Near = 4; }", ", LongRange(Weight = 0.25, MinDistance = ({|QAMA0032:Mode|}.Near))")]
    [InlineData("static class TorchModule { public const int Near = 4; }", ", LongRange(MinDistance = {|QAMA0032:TorchModule|}.Near, Weight = 0.25)")]
    public async Task A_name_of_the_generated_part_in_an_argument_is_an_error_at_the_name(string outside, string attribute)
    {
        await AssertAsync(outside, Root + attribute + "]\npublic sealed partial class M;");
        string qualified = attribute.Replace("{|QAMA0032:", "global::", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal)
            .Replace("global::SpinCount", "global::Machine.SpinCount", StringComparison.Ordinal);
        await AssertAsync(outside, Root + qualified + "]\npublic sealed partial class M;");
    }

    [Theory]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k) => {|QAMA0032:Descriptor|}.Near * Vec.Dot(q, k);")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k) => Scale(2) * Vec.Dot(q, k);\nstatic float Scale(int x) => x * {|QAMA0032:Descriptor|}.Near;")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k) => _scale * Vec.Dot(q, k);\nstatic readonly float _scale = 2 * {|QAMA0032:Descriptor|}.Near;")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k, [Learnable({|QAMA0032:Descriptor|}.Near)] float w) => w * Vec.Dot(q, k);")]
    [InlineData("[CouplingTerm(Weight = {|QAMA0032:Descriptor|}.Near)] static float T(Vec q, Vec k) => Vec.Dot(q, k);")]
    [InlineData("[PairTerm(Weight = 1)] static float Near(TokenPair p) => p.Distance * NearWeight.Near;")]
    [InlineData("[PairTerm(Weight = NearOf.Near)] static float Near(TokenPair p) => p.Distance;")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k) { float Descriptor = 2; return Descriptor * Vec.Dot(q, k); }")]
    [InlineData("[CouplingTerm] static float T(Vec Tokens, Vec Descriptor) => Vec.Dot(Tokens, Descriptor);")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k) => Vec.Dot(q, k);\nstatic int Elsewhere() => Descriptor.Near + Tokens;", false)]
    public async Task So_it_is_in_all_that_a_term_is_made_of(string members, bool compiles = true) => await AssertAsync(
        "static class Descriptor { public const int Near = 4; } static class NearWeight { public const int Near = 4; } static class NearOf { public const int Near = 4; }",
        Root + "]\npublic sealed partial class M\n{\n" + members + "\n}", compiles);

    /// <summary>What users do not call has its own scope.</summary>
    [Theory]
    [InlineData("Distance")]
    [InlineData("Energy")]
    [InlineData("TokenStride")]
    [InlineData("CouplingWeight")]
    public async Task A_name_inside_the_generated_type_is_free(string name) => await AssertAsync(
        $"static class {name} {{ public const int Near = 4; }}",
        Root + $", LongRange(MinDistance = {name}.Near, Weight = 0.25)]\npublic sealed partial class M\n{{\n"
        + $"[PairTerm(Weight = 1)] static float T(TokenPair p) => p.Distance * {name}.Near;\n}}");

    /// <summary>What is generated is not there yet when it is generated.</summary>
    [Theory]
    [InlineData("", ", LongRange(MinDistance = {|QAMA0032:Tokens|} / 2, Weight = 0.25)]", "")]
    [InlineData("", ", Grid({|QAMA0032:HeadCount|} * 2, 4)]", "")]
    [InlineData("", "]", "[PairTerm(Weight = 1)] static float T(TokenPair p) => p.Distance / (float){|QAMA0032:Tokens|};")]
    [InlineData("[QuboAttention(Tokens = 8, EmbeddingDim = 16), Heads(2)] partial class N;", ", LongRange(MinDistance = N.Tokens, Weight = 0.25)]", "", true)]
    [InlineData("[QuboAttention(Tokens = 8, EmbeddingDim = 16), Heads(2)] partial class N;", "]", "[PairTerm(Weight = 1)] static float T(TokenPair p) => p.Distance / (float)N.Tokens;", true)]
    public async Task A_declaration_that_needs_generated_code_is_an_error(string outside, string attribute, string members, bool noLayer = false) =>
        await AssertAsync(outside, Root + attribute + "\npublic sealed partial class " + (noLayer ? "{|QAMA0506:M|}" : "M") + " { " + members + " }");

    /// <summary>A term in two parts has its code in the second.</summary>
    [Theory]
    [InlineData("2 * Vec.Dot(q, k)")]
    [InlineData("{|QAMA0032:Tokens|} * Vec.Dot(q, k)")]
    [InlineData("Twice(Vec.Dot(q, k));\nprivate static partial float Twice(float x);\nprivate static partial float Twice(float y) => 2 * y")]
    public async Task A_partial_method_is_read_where_its_body_is(string body) => await AssertAsync(
        "", Root + "]\npublic sealed partial class M\n{\n[CouplingTerm] private static partial float T(Vec a, Vec b);\nprivate static partial float T(Vec q, Vec k) => " + body + ";\n}");

    /// <summary>Another generator's constants come too late as well.</summary>
    [Fact]
    public async Task A_layer_that_is_left_out_is_an_error_whatever_the_reason()
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Source(
            "using Qama;\n[QuboAttention(Tokens = Others.Tokens, EmbeddingDim = 16), Heads(2)]\npublic sealed partial class M;"));
        CSharpCompilation whole = run.Output.AddSyntaxTrees(Compile.Parse("static class Others { public const int Tokens = 4; }", "Other.Generator/Others.g.cs"));
        Assert.DoesNotContain(whole.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Diagnostic found = Assert.Single(await Analyze.DiagnosticsAsync(whole, new DeclarationAnalyzer()));
        Assert.Equal("QAMA0506", found.Id);
    }

    /// <summary>The class as it is built: generated, compiled without an error in any line, analysed.</summary>
    private static async Task AssertAsync(string outside, string markup, bool compiles = true)
    {
        TestFileMarkupParser.GetSpans(
            "using Qama;\n" + markup, out string code, out ImmutableDictionary<string, ImmutableArray<TextSpan>> marked);
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(code, "global using Qama;\n" + outside));
        if (compiles)
        {
            Diagnostic[] errors = [.. run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
            Assert.Empty(errors.Select(Compile.Describe));
        }

        IReadOnlyList<Diagnostic> found = [.. (await Analyze.DiagnosticsAsync(run.Output, new DeclarationAnalyzer()))
            .Where(d => d.Location.SourceTree!.FilePath == "Source0.cs" && d.Severity >= DiagnosticSeverity.Warning)];
        Assert.Equal(
            marked.SelectMany(m => m.Value.Select(span => (m.Key, span))).OrderBy(m => m.span.Start).ThenBy(m => m.Key),
            found.Select(d => (d.Id, d.Location.SourceSpan)));
        Assert.Equal(!marked.IsEmpty, run.Files.ContainsKey("M.Stub.g.cs"));
    }
}
