using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Qama.Generators.Tests.Harness;

/// <summary>Runs analyzers.</summary>
internal static class Analyze
{
    /// <summary>What the analyzers report, in source order, suppressed diagnostics left out.</summary>
    /// <exception cref="AggregateException">An analyzer threw.</exception>
    public static async Task<IReadOnlyList<Diagnostic>> DiagnosticsAsync(
        Compilation compilation, params ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var crashes = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: (exception, _, _) => Add(exception),
            concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        ImmutableArray<Diagnostic> diagnostics =
            await compilation.WithAnalyzers(analyzers, options).GetAnalyzerDiagnosticsAsync();
        if (crashes.Count > 0)
        {
            throw new AggregateException("An analyzer threw.", crashes);
        }

        return [.. diagnostics.Where(d => !d.IsSuppressed)
            .OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal)
            .ThenBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];

        void Add(Exception exception)
        {
            lock (crashes)
            {
                crashes.Add(exception);
            }
        }
    }
}
