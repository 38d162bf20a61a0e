using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using Qama.Generators.Analysis;

namespace Qama.Generators.Tests.Harness;

/// <summary>The analyzer reports exactly what is marked in the code, <c>{|QAMA0001:span|}</c>, and nothing else.</summary>
internal sealed class DeclarationTest : CSharpAnalyzerTest<DeclarationAnalyzer, DefaultVerifier>
{
    public DeclarationTest(string markup)
    {
        TestCode = markup;
        this.UseRunningFramework();
    }

    protected override ParseOptions CreateParseOptions() => Compile.ParseOptions;

    protected override CompilationOptions CreateCompilationOptions() => Compile.Options;
}
