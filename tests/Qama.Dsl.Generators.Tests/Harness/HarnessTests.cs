using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Qama.CodeFixes;

namespace Qama.Generators.Tests.Harness;

public class HarnessTests
{
    [Fact]
    public void A_declaration_compiles_against_the_runtime() =>
        Compile.Source("[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2)] public partial class M;").AssertClean();

    [Theory]
    [InlineData("[Heads(4)] class {|QAMA0017:C|};")]
    [InlineData("[{|QAMA0017:Heads(4)|}] class C;")]
    [InlineData("[{|QAMA0018:Heads|}(4)] class C;")]
    [InlineData("[{|QAMA0017:{|QAMA0017:Heads|}|}(4)] class C;")]
    [InlineData("[Heads(4)] class C;")]
    [InlineData("class {|QAMA0017:C|};")]
    [InlineData("[{|QAMA0017:Heads|}(4)] class C : Nothing;")]
    public async Task A_mark_that_is_not_what_is_found_fails(string markup) =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => new DeclarationTest("using Qama;\n" + markup).RunAsync());

    [Theory]
    [InlineData("partial class N;")]
    [InlineData("class {|QAMA0001:M|};")]
    public async Task A_fix_that_does_something_else_fails(string after)
    {
        const string Model = "[Qama.QuboAttention(Tokens = 16, EmbeddingDim = 64), Qama.Heads(4)]\n";
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => new FixTest<MakePartialFix>(Model + "class {|QAMA0001:M|};", Model + after).RunAsync());
    }

    [Fact]
    public void Loaded_code_shares_the_runtime_types_of_the_tests()
    {
        using LoadedAssembly loaded = LoadedAssembly.From(Compile.Source("[Qama.Heads(3)] class C { public object P => this; }"));
        Assert.Equal(3, loaded.Type("C").GetCustomAttribute<HeadsAttribute>()?.Count);
        Assert.NotNull(loaded.Create<object>("C"));
    }

    [Fact]
    public void A_generator_runs_with_options_and_tracked_steps()
    {
        var compilation = Compile.Source("class C;");
        GeneratorRun run = Generate.Run(
            new Echo(), compilation, new Dictionary<string, string> { ["build_property.Word"] = "hello" });
        Assert.Equal("// hello", run.AssertClean().File("Echo.g.cs"));
        Assert.Equal([IncrementalStepRunReason.New], run.Reasons("Word"));
        Assert.Equal([IncrementalStepRunReason.Cached], run.Again(compilation.Edit("class D;")).OutputReasons);
    }

    [Fact]
    public void A_snapshot_is_compared_with_the_verified_file_and_left_as_received_on_a_mismatch()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("snapshot");
        try
        {
            string test = Path.Combine(folder.FullName, "Test.cs");
            string received = Path.Combine(folder.FullName, "Test.name.received.cs");
            Assert.ThrowsAny<Exception>(() => Snapshot.Match("a\r\nb", "name", test));
            File.Move(received, Path.Combine(folder.FullName, "Test.name.verified.cs"));
            Snapshot.Match("a\nb\n", "name", test);
            Exception mismatch = Assert.ThrowsAny<Exception>(() => Snapshot.Match("a\nc", "name", test));
            Assert.Contains("line 2", mismatch.Message, StringComparison.Ordinal);
            Assert.True(File.Exists(received));
            Snapshot.Match("a\nb", "name", test);
            Assert.False(File.Exists(received));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class Echo : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
            context.AnalyzerConfigOptionsProvider
                .Select((o, _) => o.GlobalOptions.TryGetValue("build_property.Word", out string? word) ? word : "")
                .WithTrackingName("Word"),
            (c, word) => c.AddSource("Echo.g.cs", SourceText.From("// " + word, Encoding.UTF8)));
    }
}
