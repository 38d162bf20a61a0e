using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>What the analyzer asks of the compiler, which all code of a program pays for.</summary>
public class AnalyzerActionTests
{
    [Fact]
    public async Task Classes_are_looked_at_and_nothing_else()
    {
        Compilation output = Generate.Run(new QuboAttentionGenerator(), Compile.Source("""
            using Qama;
            [QuboAttention(Tokens = 4, EmbeddingDim = 6, Preset = Preset.QamaV2), Heads(2)]
            public sealed partial class M
            {
                [PairTerm(Weight = 1)] static float Distance(TokenPair pair) => pair.Distance;
            }
            """)).AssertClean().Output;
        var analyzer = new DeclarationAnalyzer();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: true);
        AnalysisResult result = await output.WithAnalyzers([analyzer], options).GetAnalysisResultAsync(CancellationToken.None);
        AnalyzerTelemetryInfo asked = result.AnalyzerTelemetryInfo[analyzer];
        Assert.Equal((1, 1), (asked.CompilationStartActionsCount, asked.SymbolActionsCount));
        Assert.All(
            [
                asked.SymbolStartActionsCount, asked.SymbolEndActionsCount, asked.SyntaxNodeActionsCount, asked.SyntaxTreeActionsCount,
                asked.SemanticModelActionsCount, asked.CodeBlockActionsCount, asked.CodeBlockStartActionsCount, asked.CodeBlockEndActionsCount,
                asked.OperationActionsCount, asked.OperationBlockActionsCount, asked.OperationBlockStartActionsCount,
                asked.OperationBlockEndActionsCount, asked.CompilationEndActionsCount,
            ],
            count => Assert.Equal(0, count));
    }
}
