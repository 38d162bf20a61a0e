using Microsoft.CodeAnalysis;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>Checks of declarations written with marks.</summary>
internal static class Declared
{
    /// <summary>The analyzer reports exactly what is marked.</summary>
    public static Task AssertAsync(string markup) =>
        new DeclarationTest("using Qama;\n" + markup).RunAsync();

    /// <summary>A model of 16 tokens, width 64 and 4 heads with a further attribute.</summary>
    public static Task AssertAttributeAsync(string attribute, string root = "Tokens = 16, EmbeddingDim = 64") =>
        AssertAsync($"[QuboAttention({root}), Heads(4)]\n{attribute}\npublic sealed partial class M;");

    /// <summary>What the analyzer says about code as it stands.</summary>
    public static Task<IReadOnlyList<Diagnostic>> DiagnosticsAsync(string code) =>
        Analyze.DiagnosticsAsync(Compile.Source(code), new DeclarationAnalyzer());
}
