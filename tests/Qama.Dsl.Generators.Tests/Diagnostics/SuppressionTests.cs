using Microsoft.CodeAnalysis;
using Qama.Generators.Analysis;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Diagnostics;

public class SuppressionTests
{
    private const string Code = """
        [Qama.Heads(4)]
        class A;
        #pragma warning disable QAMA0017
        [Qama.Heads(4)]
        class B;
        #pragma warning restore QAMA0017
        [System.Diagnostics.CodeAnalysis.SuppressMessage("Qama.Shape", "QAMA0017")]
        [Qama.Heads(4)]
        class C;
        """;

    [Fact]
    public async Task A_pragma_or_an_attribute_suppresses_a_diagnostic()
    {
        Diagnostic only = Assert.Single(await Declared.DiagnosticsAsync(Code));
        Assert.Equal(0, only.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("suggestion", DiagnosticSeverity.Info)]
    [InlineData("error", DiagnosticSeverity.Error)]
    public async Task An_editorconfig_sets_the_severity(string severity, DiagnosticSeverity? expected)
    {
        var compilation = Compile.Source("[Qama.Heads(4)] class A;")
            .WithEditorConfig($"dotnet_diagnostic.QAMA0017.severity = {severity}");
        IReadOnlyList<Diagnostic> found = await Analyze.DiagnosticsAsync(compilation, new DeclarationAnalyzer());
        Assert.Equal(expected, found.Count == 0 ? null : found[0].Severity);
    }

    [Theory]
    [InlineData("QAMA0029", "Mask(MaskPattern.All, Size = 3)")]
    [InlineData("QAMA0117", "SoftSelection(Bits = 2)")]
    [InlineData("QAMA0202", "Sparsity(AtMost = 3)")]
    [InlineData("QAMA0303", "SoftSelection(Bits = 4, Curvature = 1), Target(Device.Custom, Spins = 999, Bits = 4)")]
    public async Task Findings_about_arguments_are_suppressed_like_others(string id, string attributes)
    {
        string model = $"[Qama.QuboAttention(Tokens = 8, EmbeddingDim = 8), Qama.Heads(2)]\n[{attributes}]\npartial class M;";
        Assert.Equal([id], (await Declared.DiagnosticsAsync("using Qama;\n" + model)).Select(d => d.Id));
        Assert.Empty(await Declared.DiagnosticsAsync($"using Qama;\n#pragma warning disable {id}\n" + model));
        Assert.Empty(await Analyze.DiagnosticsAsync(
            Compile.Source("using Qama;\n" + model).WithEditorConfig($"dotnet_diagnostic.{id}.severity = none"),
            new DeclarationAnalyzer()));
    }
}
