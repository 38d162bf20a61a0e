using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>Files of generated code have names of their own, whatever classes are called.</summary>
public class FileNameTests
{
    private const string Attributes = "[Qama.QuboAttention(Tokens = 2, EmbeddingDim = 2), Qama.Heads(1)] ";

    [Theory]
    [InlineData("A partial class Model; A partial class MODEL; A partial class Innocent;", 3)]
    [InlineData("namespace N { A partial class Gate; A partial class gate; }", 2)]
    [InlineData("namespace N.A { A partial class Gate; } namespace N.a { A partial class Gate; } namespace n.a { A partial class GATE; }", 3)]
    [InlineData("partial class Outer { A partial class M; } partial class OUTER { A partial class m; }", 2)]
    [InlineData("A partial class G; partial class G<T> { A partial class M; } partial class G2 { A partial class M; }", 2)]
    [InlineData("A partial class straße; A partial class STRASSE; A partial class STRAßE; A partial class \u212A; A partial class K; A partial class k;", 6)]
    [InlineData("A partial class \u0131; A partial class I; A partial class i; A partial class \u0130;", 4)]
    [InlineData("A partial class e\u0301; A partial class \u00E9; A partial class E\u0301;", 3)]
    public void Names_that_differ_in_case_alone_are_names_of_two_classes(string code, int models)
    {
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.Source(code.Replace("A partial", Attributes + "partial", StringComparison.Ordinal)));
        AssertApart(run);
        Assert.Equal(models, run.Files.Keys.Count(f => f.EndsWith(".Layer.g.cs", StringComparison.Ordinal)));
        Assert.DoesNotContain(run.Output.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
    }

    [Fact]
    public void A_class_elsewhere_changes_no_other_class_s_files()
    {
        CSharpCompilation before = Compile.Sources(Attributes + "partial class Innocent;", Attributes + "partial class Model;", "");
        GeneratorRun first = Generate.Run(new QuboAttentionGenerator(), before);
        GeneratorRun second = first.Again(before.Edit(Attributes + "partial class MODEL;", file: 2)), third = second.Again(before);
        Assert.All(first.Files.Where(f => f.Key.StartsWith("Innocent", StringComparison.Ordinal)), f => Assert.Equal(f.Value, second.Files[f.Key]));
        Assert.Equal(first.Files.Count * 3 / 2, second.Files.Count);
        Assert.Equal(first.Files, third.Files);
        Assert.Equal(2, second.Reasons(StepNames.Files).Count(r => r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Fact]
    public void A_file_name_fits_into_any_file_system()
    {
        string[] names = [new('x', 300), new('語', 300), new string('語', 40) + "." + new string('é', 100)];
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Source(string.Concat(names.SelectMany(n => new[] { n + "a", n + "A" })
            .Select(n => n.Contains('.', StringComparison.Ordinal)
                ? $"namespace {n.Split('.')[0]} {{ {Attributes} partial class {n.Split('.')[1]}; }} "
                : $"{Attributes} partial class {n}; ")))).AssertClean();
        AssertApart(run);
        Assert.All(run.Files.Keys, f => Assert.InRange(Encoding.UTF8.GetByteCount(f), 1, 255));
    }

    /// <summary>Any classes in any places, of names that meet when case is ignored, or nearly.</summary>
    [Fact]
    public void Any_set_of_classes_gets_its_layers()
    {
        string[] parts = ["A", "a", "Aa", "aA", "AA", "A_", "Model", "MODEL", "Layer", "ß", "ẞ", "ss"];
        Gen<string> part = Gen.Elements(parts);
        Gen<string> path = Gen.Choose(1, 3).SelectMany(n => part.ArrayOf(n)).Select(p => string.Join('.', p));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(6),
            Prop.ForAll(path.ArrayOf(8).ToArbitrary(), paths =>
            {
                // A namespace and a class of one name do not go together: what is a class at one depth has another last letter.
                string[] classes = [.. paths.Distinct().Where(p => p.Split('.').Distinct().Count() == p.Split('.').Length)];
                string code = string.Concat(classes.Select((p, i) => p.Split('.') is var names && names.Length == 1
                    ? $"{Attributes} partial class {p}C; "
                    : i % 2 == 0
                        ? $"namespace {string.Join('.', names[..^1])}N {{ {Attributes} partial class {names[^1]}C; }} "
                        : $"partial class {names[0]}D {{ {Attributes} partial class {string.Join('_', names[1..])}C; }} "));
                GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Source(code));
                AssertApart(run);
                string[] compiled = [.. run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && d.Id != "CS0579" && d.Id != "CS0101").Select(d => d.ToString())];
                Assert.Empty(compiled);
            }));
    }

    [Theory]
    [InlineData("[Qama.QuboAttention(Tokens = 8, EmbeddingDim = 8)] partial class M;", "CS0579")]
    [InlineData("[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2)] public sealed partial class M;", "CS0579 CS0579")]
    [InlineData("[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2)] public sealed partial class M { static class Twice; } partial class M { static class Twice; }", "CS0102 CS0579 CS0579")]
    [InlineData("[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2)] public sealed class M;", "CS0260 CS0579 CS0579")]
    public void A_class_that_is_annotated_twice_is_C_s_error_alone(string again, string expected)
    {
        CSharpCompilation compilation = Compile.Sources(
            "[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2)] public sealed partial class M;", again,
            "[Qama.QuboAttention(Tokens = 8, EmbeddingDim = 8), Qama.Heads(2)] public sealed partial class Innocent;",
            "static class Use { static int Run() => new Innocent(seed: 1).CreateWorkspace(Innocent.Tokens).GetHashCode() + new M(seed: 2).CreateWorkspace(M.Tokens).GetHashCode(); }");
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation);
        AssertApart(run);
        Assert.Contains("Innocent.Layer.g.cs", run.Files.Keys);
        Assert.Equal(expected, Errors(run));
    }

    /// <summary>C# says that a term is there twice, and so would we.</summary>
    [Fact]
    public async Task Nothing_is_said_about_a_class_that_is_there_twice()
    {
        const string Copy = "[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2), Qama.Sparsity(AtMost = 2)] public sealed partial class M "
            + "{ [Qama.PairTerm(Weight = 1)] static float T(Qama.TokenPair pair) => pair.Distance; }";
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(Copy, Copy));
        Assert.Empty(await Analyze.DiagnosticsAsync(run.Output, new DeclarationAnalyzer()));
        Assert.Empty(await Analyze.DiagnosticsAsync(Compile.Sources(Copy, Copy), new DeclarationAnalyzer()));
    }

    /// <summary>Two kinds of types of one name are two, and what is in them has one name.</summary>
    [Theory]
    [InlineData("class", "struct")]
    [InlineData("interface", "class")]
    public void Classes_of_one_name_inside_two_kinds_of_types_leave_the_others(string first, string second)
    {
        string model = " Outer { " + Attributes + "public sealed partial class M { } }";
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(
            "partial " + first + model, "partial " + second + model, Attributes + "public sealed partial class Innocent;"));
        AssertApart(run);
        Assert.Contains("Innocent.Layer.g.cs", run.Files.Keys);
        Assert.DoesNotContain(run.Output.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error && d.Id is not ("CS0101" or "CS0261"));
    }

    /// <summary>Partial or not, and inside a class or not.</summary>
    [Theory]
    [InlineData("partial class Outer { ", " }")]
    [InlineData("class Outer { ", " }")]
    [InlineData("", "")]
    public void A_class_that_is_copied_as_a_whole_leaves_the_others(string before, string after)
    {
        string copy = before + "[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2)] public sealed class M { }" + after;
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(
            copy, copy, copy.Replace("sealed class", "sealed partial class", StringComparison.Ordinal),
            "[Qama.QuboAttention(Tokens = 8, EmbeddingDim = 8), Qama.Heads(2)] public sealed partial class Innocent;",
            "static class Use { static int Run() => new Innocent(seed: 1).CreateWorkspace(Innocent.Tokens).GetHashCode(); }"));
        AssertApart(run);
        Assert.All(run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error), d =>
            Assert.Contains(d.Id, new[] { "CS0101", "CS0102", "CS0111", "CS0260", "CS0579" }));
    }

    [Theory]
    [InlineData("struct")]
    [InlineData("record struct")]
    [InlineData("interface")]
    public void What_is_no_class_is_C_s_error_alone(string kind)
    {
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Source(Attributes + $"public partial {kind} M;"));
        Assert.Empty(run.Files);
        Assert.Equal("CS0592 CS0592", Errors(run));
    }

    [Fact]
    public void A_class_beside_a_file_s_own_of_the_same_name_has_its_layer() => Assert.Contains("M.Layer.g.cs", Generate.Run(
        new QuboAttentionGenerator(), Compile.Sources("file class M;", Attributes + "public sealed partial class M;")).AssertClean().Files.Keys);

    private static string Errors(GeneratorRun run) => string.Join(
        ' ', run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id).Order(StringComparer.Ordinal));

    private static void AssertApart(GeneratorRun run)
    {
        Assert.Null(run.Result.Results.Single().Exception);
        Assert.Empty(run.Result.Diagnostics);
        Assert.Equal(run.Files.Count, run.Files.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }
}
