using Microsoft.CodeAnalysis;
using Qama.Generators.Analysis;
using Qama.Generators.Energy;
using Qama.Generators.Reading;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Survival;

/// <summary>What fails inside one model is an error of that model, whatever it is and wherever; the others are as they were.</summary>
public class ModelGuardTests
{
    private const string Source = """
        using Qama;
        namespace App;
        [QuboAttention(Tokens = 8, EmbeddingDim = 8)] [Heads(2)]
        public sealed partial class Good
        {
            [CouplingTerm] static float Affinity(Vec q, Vec k) => Vec.Dot(q, k);
        }

        [QuboAttention(Tokens = 8, EmbeddingDim = 8)] [Heads(2)] [Sparsity(AtMost = 2)]
        public sealed partial class Bad
        {
            [CouplingTerm] static float Affinity(Vec q, Vec k, TokenPair pair) => Vec.Sum(Vec.Softmax(q) * k) / pair.Distance;
            [FieldTerm] static float Salience(Vec v) => v.Length > 2 ? Vec.Norm(v) : 0f;
        }

        static class Use
        {
            static int Both => Good.Tokens + Bad.Tokens + new Bad(1).CreateWorkspace(1).Capacity;
        }
        """;

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(NullReferenceException))]
    [InlineData(typeof(InsufficientExecutionStackException))]
    [InlineData(typeof(OutOfMemoryException))]
    public async Task An_exception_in_a_model_is_its_error(Type exception)
    {
        var guard = new ModelGuard(name => name == "Bad" ? throw (Exception)Activator.CreateInstance(exception)! : new WorkBudget());
        Diagnostic reported = AssertBadFails(guard);
        Assert.Contains(exception.Name, reported.GetMessage(null), StringComparison.Ordinal);
        Diagnostic found = Assert.Single(await Analyze.DiagnosticsAsync(Compile.Source(Source), new DeclarationAnalyzer(guard)));
        Assert.Equal(reported.GetMessage(null), found.GetMessage(null));
        Assert.Equal("Bad", Compile.Parse(Source).GetText().ToString(found.Location.SourceSpan));
    }

    /// <summary>The budget ends in every stage, one after the other.</summary>
    [Fact]
    public async Task A_budget_that_ends_anywhere_is_an_error_of_the_model()
    {
        int inGenerator = 0, inAnalyzer = 0;
        for (long most = 0; most < 4000; most = 1 + 2 * most)
        {
            long limit = most;
            var guard = new ModelGuard(name => new WorkBudget(name == "Bad" ? limit : WorkBudget.MostWork));
            GeneratorRun run = Generate.Run(new QuboAttentionGenerator(guard), Compile.Source(Source));
            if (run.Result.Diagnostics.Length > 0)
            {
                AssertBadFails(guard);
                inGenerator++;
            }

            IReadOnlyList<Diagnostic> found = await Analyze.DiagnosticsAsync(Compile.Source(Source), new DeclarationAnalyzer(guard));
            inAnalyzer += found.Any(d => d.Id == "QAMA0505") ? 1 : 0;
        }

        Assert.InRange(inGenerator, 6, 12);
        Assert.InRange(inAnalyzer, 4, inGenerator);
    }

    [Fact]
    public async Task Time_that_is_over_is_an_error_of_the_model()
    {
        string source = Bomb.All[0].Source(400, "Bad");
        var guard = new ModelGuard(_ => new WorkBudget(mostTime: TimeSpan.FromTicks(1)));
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(guard), Compile.Source(source));
        Assert.Equal(
            "'Bad' could not be compiled: it takes the compiler more than 1E-07 seconds",
            Assert.Single(run.Result.Diagnostics).GetMessage(null));
        IReadOnlyList<Diagnostic> found = await Analyze.DiagnosticsAsync(Compile.Source(source), new DeclarationAnalyzer(guard));
        Assert.Equal(["QAMA0505"], found.Select(d => d.Id));
    }

    [Fact]
    public void A_cancelled_compilation_is_cancelled() => Assert.Throws<OperationCanceledException>(
        () => new ModelGuard(_ => throw new OperationCanceledException()).Run("M", () => 1, _ => 2));

    /// <summary>The good model is what it is without the bad one, which has a stub that names its error.</summary>
    private static Diagnostic AssertBadFails(ModelGuard guard)
    {
        GeneratorRun all = Generate.Run(new QuboAttentionGenerator(), Compile.Source(Source)).AssertClean();
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(guard), Compile.Source(Source));
        Assert.Null(run.Result.Results.Single().Exception);
        Diagnostic reported = Assert.Single(run.Result.Diagnostics);
        Assert.Equal(("QAMA0505", DiagnosticSeverity.Error), (reported.Id, reported.Severity));
        Assert.StartsWith("'Bad' could not be compiled: ", reported.GetMessage(null), StringComparison.Ordinal);
        Assert.Equal(
            all.Files.Where(f => f.Key.StartsWith("App.Good.", StringComparison.Ordinal)).OrderBy(f => f.Key),
            run.Files.Where(f => f.Key.StartsWith("App.Good.", StringComparison.Ordinal)).OrderBy(f => f.Key));
        Assert.Equal(["App.Bad.Stub.g.cs"], run.Files.Keys.Where(k => k.StartsWith("App.Bad.", StringComparison.Ordinal)));
        Assert.Contains("QAMA0505", run.File("App.Bad.Stub.g.cs"), StringComparison.Ordinal);
        run.Output.AssertClean();
        return reported;
    }
}
