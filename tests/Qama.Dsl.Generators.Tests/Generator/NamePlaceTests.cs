using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Analysis;
using Qama.Generators.Model;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>
/// Any name that generated code has, for anything that a user can name: it compiles, or there is an error of ours inside what the
/// user wrote. Nothing is ever said about a generated file, and no class is left out in silence.
/// </summary>
public class NamePlaceTests
{
    private const string Attributes = "[QuboAttention(Tokens = 6, EmbeddingDim = 4), Heads(2)";

    /// <summary>Every term, penalty and geometry: as much generated code as a class can have.</summary>
    private const string Rich = Attributes
        + ", Grid(2, 3), Mask(MaskPattern.Window, Size = 1), Sparsity(AtMost = 2), Sparsity(AtLeast = 1), LongRange(MinDistance = 2, Weight = 0.5),"
        + " HeadExclusion(Hard = true), Field(Importance.ValueProjection)] ";

    private static readonly string[] _names =
    [
        .. GeneratedNames.All, .. GeneratedNames.Inherited, "CouplingTable0", "FieldTable0Of", "Penalty0", "Energy", "Distance", "TokenStride",
        "QamaLanes", "QamaVector", "QamaTensor", "QamaTorch", "QamaRegisters512", "nameof", "var", "unmanaged", "System", "Qama", "TorchSharp", "Math",
        "Lanes", "Kernels", "Span", "problem", "row", "h", "query", "seed", "scratch", "learnedNearWeight", "value", "field", "record", "TForm",
    ];

    /// <summary>What is called NAME, with a use of it where the generator reads.</summary>
    private static readonly string[] _places =
    [
        Rich + "partial class M { public const int NAME = 3; }",
        Rich + "partial class M { static int NAME = 3; static int Use() => NAME; }",
        Rich + "partial class M { static int NAME(int x) => x; static int NAME() => NAME(1); }",
        Rich + "partial class M { static string NAME(string couplings) => couplings; }",
        Rich + "partial class M { public int NAME { get; set; } }",
        Rich + "partial class M { public event global::System.EventHandler? NAME { add { } remove { } } }",
        Rich + "partial class M { static class NAME { public const int Value = 1; } }",
        Rich + "partial class M { enum NAME { Value = 1 } }",
        Rich + "partial class M { delegate int NAME(); }",
        Rich + "partial class M { [PairTerm(Weight = 1)] static float NAME(TokenPair pair) => pair.Distance; }",
        Rich + "partial class M { [TokenTerm(Weight = 1)] static float NAME(TokenPosition token) => token.Index; }",
        Rich + "partial class M { [CouplingTerm] static float NAME(Vec q, Vec k, [Learnable(1)] float weight) => weight * Vec.Dot(q, k); }",
        Rich + "partial class M { [CouplingTerm] static float Near(Vec q, Vec k, [Learnable(1)] float NAME, [Learnable(1)] Vec x) => NAME * Vec.Dot(q * x, k); }",
        Rich + "partial class M { [FieldTerm] static float Near(Vec NAME, [Learnable(1)] float weight) => weight * Vec.Sum(NAME); }",
        Rich + "partial class M { [PairTerm(Weight = 1)] static float Near(TokenPair pair) { float NAME = pair.Distance; return NAME; } }",
        Rich + "partial class M { [PairTerm(Weight = 1)] static float Near(TokenPair pair) => NAME(pair.Distance); static float NAME(float x) => x; }",
        Rich + "partial class NAME;",
        Rich + "partial class NAME { void Use() => new NAME(seed: 1).CreateWorkspace(1); }",
        "partial class NAME { " + Rich + "partial class M; }",
        "namespace NAME { " + Rich + "partial class M; }",
        "class NAME { } " + Rich + "partial class M;",
        "class NAME<T> { } " + Rich + "partial class M;",
        "static class NAME { public const int Value = 2; } " + Attributes + ", LongRange(MinDistance = NAME.Value, Weight = 1)] partial class M;",
        "enum NAME { Value = 2 } " + Attributes + ", LongRange(MinDistance = (int)NAME.Value, Weight = 1)] partial class M;",
        "namespace NAME { static class Sizes { public const int Value = 2; } } " + Attributes + ", LongRange(MinDistance = NAME.Sizes.Value, Weight = 1)] partial class M;",
        "static class NAME { public const float Value = 2; } " + Attributes + "] partial class M { [CouplingTerm] static float Near(Vec q, Vec k) => NAME.Value * Vec.Dot(q, k); }",
        "static class NAME { public const int Value = 2; } " + Attributes + "] partial class M { [PairTerm(Weight = NAME.Value)] static float Near(TokenPair pair) => pair.Distance; }",
        "static class NAME { public const int Value = 2; } partial class Outer { const int NAME2 = 1; " + Attributes + ", LongRange(MinDistance = NAME.Value, Weight = 1)] partial class M; }",
        "partial class Outer { const int NAME = 2; " + Attributes + ", LongRange(MinDistance = NAME, Weight = 1)] partial class M; }",
        "partial class Outer { const float NAME = 2; " + Attributes + "] partial class M { [PairTerm(Weight = 1)] static float Near(TokenPair pair) => NAME * pair.Distance; } }",
    ];

    [Fact]
    public async Task Every_name_anywhere_compiles_or_is_an_error_where_it_was_written()
    {
        var random = new Random(20);
        var pairs = (from name in _names from place in Enumerable.Range(0, _places.Length) select (name, place)).ToArray();
        random.Shuffle(pairs);
        foreach ((string, int)[] batch in pairs.Take(Count).Chunk(60))
        {
            await AssertAsync(batch);
        }
    }

    /// <summary>How many of the combinations are tried: all of them with QAMA_NAMES set to a large number.</summary>
    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("QAMA_NAMES"), out int count) ? count : 120;

    /// <summary>C# warns of hiding; generated code means what it inherits.</summary>
    [Fact]
    public void Members_may_hide_what_is_inherited()
    {
        string members = string.Concat(GeneratedNames.Inherited.Where(n => !GeneratedNames.IsReserved(n)).Select(n => $"public static new int {n} => 3; "));
        Assert.Contains(" Learnables ", members, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Generate.Run(new QuboAttentionGenerator(), Compile.Source("using Qama; " + Rich + "partial class M { " + members + " }")).AssertClean().Files.Keys,
            f => f.Contains("Stub", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("System")]
    [InlineData("Qama")]
    [InlineData("TorchSharp")]
    public async Task A_type_that_hides_a_root_of_generated_code_is_an_error(string name)
    {
        CSharpCompilation compilation = Compile.Source($"[global::Qama.QuboAttention(Tokens = 6, EmbeddingDim = 4), global::Qama.Heads(2)] partial class M; class {name};");
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation);
        Assert.DoesNotContain("M.Layer.g.cs", run.Files.Keys);
        Assert.DoesNotContain(run.Output.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error && IsGenerated(d));
        if (name != "Qama")
        {
            Assert.Equal(["QAMA0035"], (await Analyze.DiagnosticsAsync(run.Output, new DeclarationAnalyzer())).Select(d => d.Id));
        }
    }

    private static async Task AssertAsync((string Name, int Place)[] batch)
    {
        string[] files = [.. batch.Select((b, i) =>
            $"namespace P{i} {{ using Qama; {_places[b.Place].Replace("NAME", b.Name, StringComparison.Ordinal)} }}")];
        CSharpCompilation compilation = Compile.Sources(files);

        // What C# itself refuses is of no interest: those files are left out.
        HashSet<string> refused = [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && !IsOfLayer(d))
            .Select(d => d.Location.SourceTree!.FilePath)];
        compilation = compilation.RemoveSyntaxTrees(compilation.SyntaxTrees.Where(t => refused.Contains(t.FilePath)));
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation);
        Assert.Null(run.Result.Results.Single().Exception);
        HashSet<string> errors = [.. (await Analyze.DiagnosticsAsync(run.Output, new DeclarationAnalyzer()))
            .Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Location.SourceTree!.FilePath)];
        string[] faults =
        [
            .. run.Bare.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error || (d.Severity == DiagnosticSeverity.Warning && IsGenerated(d)))
                .Where(d => IsGenerated(d) || !errors.Contains(d.Location.SourceTree!.FilePath)).Select(Compile.Describe),
            .. run.Files.Keys.Where(f => f.EndsWith(".Stub.g.cs", StringComparison.Ordinal) && !errors.Contains($"Source{f.Split('.')[0].TrimStart('P')}.cs"))
                .Select(f => f + " without an error"),
        ];
        Assert.True(faults.Length == 0, string.Join("\n", faults.Take(20)));
        Assert.InRange(refused.Count, 0, batch.Length / 3);
    }

    /// <summary>What only a layer brings: its constructor and its members.</summary>
    private static bool IsOfLayer(Diagnostic diagnostic) => diagnostic.Id is "CS1739" or "CS1061" or "CS1729";

    private static bool IsGenerated(Diagnostic diagnostic) =>
        !diagnostic.Location.SourceTree!.FilePath.StartsWith("Source", StringComparison.Ordinal);
}
