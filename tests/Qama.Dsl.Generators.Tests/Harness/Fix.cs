using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Qama.Generators.Tests.Harness;

/// <summary>Applies code fixes in an in-memory workspace.</summary>
internal sealed class Fix(DiagnosticAnalyzer analyzer, CodeFixProvider provider)
{
    /// <summary>Titles of the fixes offered for the first fixable diagnostic.</summary>
    public async Task<IReadOnlyList<string>> TitlesAsync(string code)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Open(workspace, code);
        IReadOnlyList<Diagnostic> fixable = await FixableAsync(document.Project);
        return fixable.Count == 0 ? [] : [.. (await ActionsAsync(document, fixable[0])).Select(a => a.Title)];
    }

    /// <summary>The code after one of the fixes of the first fixable diagnostic.</summary>
    /// <param name="code">The code before.</param>
    /// <param name="index">Which of the offered fixes.</param>
    public async Task<string> ApplyAsync(string code, int index = 0)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Open(workspace, code);
        Diagnostic first = (await FixableAsync(document.Project))[0];
        return await ApplyAsync(document, (await ActionsAsync(document, first))[index]);
    }

    /// <summary>The code after Fix All over the project, with the first diagnostic's fix.</summary>
    /// <param name="code">The code before.</param>
    /// <param name="index">Which of the offered fixes.</param>
    public async Task<string> ApplyToAllAsync(string code, int index = 0)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Open(workspace, code);
        Diagnostic first = (await FixableAsync(document.Project))[0];
        CodeAction one = (await ActionsAsync(document, first))[index];
        var context = new FixAllContext(
            document, provider, FixAllScope.Project, one.EquivalenceKey!, [first.Id], new Provider(this), default);
        CodeAction? all = await provider.GetFixAllProvider()!.GetFixAsync(context);
        Assert.NotNull(all);
        return await ApplyAsync(document, all);
    }

    private static Document Open(AdhocWorkspace workspace, string code) => workspace
        .AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "UserCode", "UserCode", LanguageNames.CSharp,
            compilationOptions: Compile.Options, parseOptions: Compile.ParseOptions, metadataReferences: Compile.References))
        .AddDocument("Source0.cs", code, filePath: "Source0.cs");

    private static async Task<string> ApplyAsync(Document document, CodeAction action)
    {
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(default);
        Solution changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return (await changed.GetDocument(document.Id)!.GetTextAsync()).ToString();
    }

    private async Task<IReadOnlyList<CodeAction>> ActionsAsync(Document document, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        await provider.RegisterCodeFixesAsync(
            new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        return actions;
    }

    private async Task<IReadOnlyList<Diagnostic>> FixableAsync(Project project)
    {
        Compilation compilation = (await project.GetCompilationAsync())!;
        IReadOnlyList<Diagnostic> all = await Analyze.DiagnosticsAsync(compilation, analyzer);
        return [.. all.Where(d => provider.FixableDiagnosticIds.Contains(d.Id))];
    }

    private sealed class Provider(Fix fix) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(
            Project project, CancellationToken cancellationToken) =>
            await fix.FixableAsync(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(
            Document document, CancellationToken cancellationToken) =>
            (await fix.FixableAsync(document.Project)).Where(d => d.Location.SourceTree?.FilePath == document.FilePath);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(
            Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
