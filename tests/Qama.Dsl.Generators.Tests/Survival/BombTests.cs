using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Survival;

/// <summary>Whatever is repeated, however often: the compiler's process goes on, and a class has its layer or an error of its
/// own.</summary>
public class BombTests
{
    /// <summary>The smallest stack of a thread that compilers and editors have.</summary>
    private const int SmallStack = 512 * 1024, CompilerStack = 1024 * 1024;

    /// <summary>All that the generator, or the analyzer with what it binds, may allocate.</summary>
    private const long MostAllocated = 400L << 20;

    /// <summary>No line of generated code is longer: expressions inside one another are what overflows a compiler. A hundred
    /// learnables make the longest.</summary>
    private const int LongestLine = 20_000;

    /// <summary>For a hang, not for slowness.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Chains => [.. Bomb.All.Where(b => b.Most > 100).Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Chains))]
    public void A_chain_of_thousands_gives_a_layer_or_an_error(string name)
    {
        Bomb bomb = Bomb.All.Single(b => b.Name == name);
        CSharpCompilation compilation = Compile.Source(bomb.Source(bomb.Most));
        (GeneratorRunResult run, ImmutableArray<Diagnostic> found) = Survives(compilation, MostAllocated);
        Assert.Equal(found.Any(d => d.Severity == DiagnosticSeverity.Error), StubsOf(run).Any());
    }

    /// <summary>Patterns inside patterns: enough of them overflow the stack of the C# compiler when it is asked what they mean,
    /// though it compiles them.</summary>
    [Fact]
    public void Code_nested_deeper_than_the_compiler_can_be_asked_about_is_refused()
    {
        CSharpCompilation compilation = Compile.Source(Bomb.All.Single(b => b.Name == "patterns").Source(1000));
        (GeneratorRunResult run, ImmutableArray<Diagnostic> found) = Survives(compilation, MostAllocated);
        Assert.Equal(
            "'M' could not be compiled: code of its class is nested 1007 levels deep, and 500 are the most",
            Assert.Single(found).GetMessage(null));
        Assert.Single(StubsOf(run));
    }

    /// <summary>All classes in one compilation; every <paramref name="step"/>th is compiled, on a compiler's stack.</summary>
    [Theory]
    [InlineData(10, 1)]
    [InlineData(100, 5)]
    public void What_was_generated_compiles(int repetitions, int step)
    {
        CSharpCompilation compilation = Compile.Sources([.. Bomb.All.Select((b, n) => b.Source(repetitions, "M" + n))]);
        compilation = compilation.WithOptions(compilation.Options.WithConcurrentBuild(false));
        (GeneratorRunResult run, ImmutableArray<Diagnostic> found) = Survives(compilation, Bomb.All.Count * MostAllocated / 10);
        int[] wrong = [.. found.Where(d => d.Severity == DiagnosticSeverity.Error).Select(NumberOf).Distinct().Order()];
        Assert.Equal(wrong.Select(n => $"M{n}.Stub.g.cs").Order(), StubsOf(run).Order());

        // Hardly any is too large to have kernels: those whose calls or loops multiply.
        Assert.Equal(
            repetitions == 10 ? [] : ["turns of turns", "idle turns", "calls of calls", "calls of working calls", "sums of calls"],
            wrong.Select(n => Bomb.All[n].Name));

        string[] chosen = [.. Enumerable.Range(0, Bomb.All.Count).Where(n => n % step == 0).Select(n => $"M{n}.")];
        IEnumerable<SyntaxTree> generated = run.GeneratedSources
            .Where(s => chosen.Any(c => s.HintName.StartsWith(c, StringComparison.Ordinal))).Select(s => s.SyntaxTree);
        compilation = compilation.RemoveSyntaxTrees(compilation.SyntaxTrees.Where((_, n) => n % step != 0)).AddSyntaxTrees(generated);
        Diagnostic[] errors = [];
        OnThread(CompilerStack, token =>
        {
            using var image = new MemoryStream();
            ImmutableArray<Diagnostic> all = compilation.Emit(image, cancellationToken: token).Diagnostics;
            errors = [.. all.Where(d => d.Severity == DiagnosticSeverity.Error)];
        });
        Assert.True(errors.Length == 0, string.Join("\n", errors.Take(9).Select(Compile.Describe)));
    }

    private static int NumberOf(Diagnostic diagnostic)
    {
        string path = diagnostic.Location.SourceTree!.FilePath;
        return int.Parse(path["Source".Length..path.IndexOf('.', StringComparison.Ordinal)], null);
    }

    private static IEnumerable<string> StubsOf(GeneratorRunResult run) =>
        run.GeneratedSources.Select(s => s.HintName).Where(h => h.EndsWith(".Stub.g.cs", StringComparison.Ordinal));

    /// <summary>Runs generator and analyzer, on small stacks and within bounds.</summary>
    private static (GeneratorRunResult Run, ImmutableArray<Diagnostic> Found) Survives(
        CSharpCompilation compilation, long mostAllocated)
    {
        GeneratorRunResult run = default;
        ImmutableArray<Diagnostic> found = default;
        OnSmallStack(token => run = Generated(compilation, token), mostAllocated);
        OnSmallStack(token => found = Analyzed(compilation, token), mostAllocated);
        Assert.Null(run.Exception);
        Assert.Empty(run.Diagnostics);
        Assert.DoesNotContain(found, d => d.Id == "AD0001");
        int longest = run.GeneratedSources.SelectMany(s => s.SourceText.Lines).Max(l => l.Span.Length);
        Assert.InRange(longest, 1, LongestLine);
        return (run, found);
    }

    private static GeneratorRunResult Generated(CSharpCompilation compilation, CancellationToken token)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new QuboAttentionGenerator().AsSourceGenerator()], parseOptions: Compile.ParseOptions);
        return driver.RunGenerators(compilation, token).GetRunResult().Results.Single();
    }

    private static ImmutableArray<Diagnostic> Analyzed(CSharpCompilation compilation, CancellationToken token)
    {
        var crashes = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: (exception, _, _) => crashes.Add(exception), concurrentAnalysis: false,
            logAnalyzerExecutionTime: false);
        ImmutableArray<Diagnostic> found = compilation.WithAnalyzers([new DeclarationAnalyzer()], options)
            .GetAnalyzerDiagnosticsAsync(token).GetAwaiter().GetResult();
        Assert.Empty(crashes);
        return found;
    }

    private static void OnSmallStack(Action<CancellationToken> work, long mostAllocated)
    {
        long allocated = 0;
        OnThread(SmallStack, token =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work(token);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.InRange(allocated, 0, mostAllocated);
    }

    private static void OnThread(int stack, Action<CancellationToken> work)
    {
        using var patience = new CancellationTokenSource(_patience);
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    work(patience.Token);
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            },
            stack);
        thread.IsBackground = true;
        thread.Start();
        Assert.True(thread.Join(2 * _patience), "It hangs.");
        Assert.Null(failure);
    }
}
