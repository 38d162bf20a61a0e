using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using Qama.Generators.Analysis;

namespace Qama.Generators.Tests.Harness;

/// <summary>
/// What a fix makes of code with marked diagnostics, one after the other and by Fix All in document, project and solution.
/// Marks that stay are what no fix is offered for.
/// </summary>
internal sealed class FixTest<TFix> : CSharpCodeFixTest<DeclarationAnalyzer, TFix, DefaultVerifier>
    where TFix : CodeFixProvider, new()
{
    /// <param name="before">The code before.</param>
    /// <param name="after">The code after.</param>
    /// <param name="index">Which of the offered fixes.</param>
    public FixTest(string before, string after, int index = 0)
    {
        TestCode = before;
        FixedCode = after;
        CodeActionIndex = index;
        this.UseRunningFramework();
    }

    /// <summary>What the user reads.</summary>
    public string Title { init => CodeActionVerifier = (action, verifier) => verifier.Equal(value, action.Title); }

    protected override ParseOptions CreateParseOptions() => Compile.ParseOptions;

    protected override CompilationOptions CreateCompilationOptions() => Compile.Options;
}
