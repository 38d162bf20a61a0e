using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Qama.Generators.Tests.Harness;

/// <summary>Makes compilations as a user's project would: the running framework, Qama.Dsl, nullable on.</summary>
internal static class Compile
{
    private static readonly string _frameworkDirectory = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>The framework (not what the test host adds to it) and Qama.Dsl.</summary>
    public static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == _frameworkDirectory)
            .Append(typeof(QuboAttentionAttribute).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    public static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    /// <summary>A compilation of one file.</summary>
    public static CSharpCompilation Source(string code) => Sources(code);

    /// <summary>A compilation of several files, called Source0.cs, Source1.cs and so on.</summary>
    public static CSharpCompilation Sources(params IReadOnlyList<string> files) => CSharpCompilation.Create(
        "UserCode", files.Select((code, i) => Parse(code, $"Source{i}.cs")), References, Options);

    /// <summary>A compilation of a project that references Qama.Torch too.</summary>
    public static CSharpCompilation WithTorch(params IReadOnlyList<string> files) => Sources(files).AddReferences(
        new[] { typeof(Torch.Backend), typeof(TorchSharp.torch) }.Select(t => MetadataReference.CreateFromFile(t.Assembly.Location)));

    public static SyntaxTree Parse(string code, string path = "Source0.cs") =>
        CSharpSyntaxTree.ParseText(code, ParseOptions, path);

    /// <summary>The same compilation in another version of C#.</summary>
    public static CSharpCompilation In(this CSharpCompilation compilation, LanguageVersion version) => compilation
        .RemoveAllSyntaxTrees()
        .AddSyntaxTrees(compilation.SyntaxTrees.Select(t => t.WithRootAndOptions(t.GetRoot(), ParseOptions.WithLanguageVersion(version))));

    /// <summary>The same compilation with one file's text replaced: an edit.</summary>
    public static CSharpCompilation Edit(this CSharpCompilation compilation, string code, int file = 0)
    {
        SyntaxTree old = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(old, Parse(code, old.FilePath));
    }

    /// <summary>The same compilation under an .editorconfig that applies to all its files.</summary>
    public static CSharpCompilation WithEditorConfig(this CSharpCompilation compilation, string text)
    {
        AnalyzerConfigSet set = AnalyzerConfigSet.Create(
            ImmutableArray.Create(AnalyzerConfig.Parse("root = true\n[*.cs]\n" + text, "/project/.editorconfig")));
        return compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new ConfiguredSeverities(set)));
    }

    /// <summary>Fails with the compiler's messages and the offending lines unless there are neither errors nor warnings
    /// (missing documentation counts in generated files only).</summary>
    public static void AssertClean(this Compilation compilation)
    {
        Diagnostic[] messages = [.. compilation.GetDiagnostics().Where(IsFault)];
        if (messages.Length > 0)
        {
            Assert.Fail(string.Join("\n", messages.Take(20).Select(Describe)));
        }
    }

    private static bool IsFault(Diagnostic diagnostic) =>
        diagnostic.Severity >= DiagnosticSeverity.Warning
        && !(diagnostic.Id == "CS1591"
            && diagnostic.Location.SourceTree!.FilePath.StartsWith("Source", StringComparison.Ordinal));

    public static string Describe(Diagnostic diagnostic)
    {
        string line = diagnostic.Location.SourceTree is { } tree
            ? tree.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim()
            : "";
        return $"{diagnostic}\n    {line}";
    }

    private sealed class ConfiguredSeverities(AnalyzerConfigSet set) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(
            SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            set.GetOptionsForSourcePath("/project/" + tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(
            string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            set.GlobalConfigOptions.TreeOptions.TryGetValue(diagnosticId, out severity);
    }
}
