using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Qama.Generators.Analysis;

namespace Qama.Generators.Tests.Harness;

/// <summary>Every fix that is offered, where the code after it is not known beforehand; else <see cref="FixTest{TFix}"/>.</summary>
internal static class OfferedFixes
{
    /// <summary>The code after each of the fixes of the first diagnostic with an id.</summary>
    public static async Task<IReadOnlyList<string>> ApplyEachAsync(CodeFixProvider provider, string id, string code)
    {
        using var workspace = new AdhocWorkspace();
        Document document = workspace
            .AddProject(ProjectInfo.Create(
                ProjectId.CreateNewId(), VersionStamp.Default, "UserCode", "UserCode", LanguageNames.CSharp,
                compilationOptions: Compile.Options, parseOptions: Compile.ParseOptions, metadataReferences: Compile.References))
            .AddDocument("Source0.cs", code, filePath: "Source0.cs");
        Diagnostic first = (await Analyze.DiagnosticsAsync(
            (await document.Project.GetCompilationAsync())!, new DeclarationAnalyzer())).First(d => d.Id == id);
        var actions = new List<CodeAction>();
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, first, (action, _) => actions.Add(action), default));
        var results = new List<string>();
        foreach (CodeAction action in actions)
        {
            ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(default);
            Solution changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
            results.Add((await changed.GetDocument(document.Id)!.GetTextAsync()).ToString());
        }

        return results;
    }
}
