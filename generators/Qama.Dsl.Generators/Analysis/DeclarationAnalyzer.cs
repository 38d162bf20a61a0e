using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Qama.Generators.Declarations;
using Qama.Generators.Validation;

namespace Qama.Generators.Analysis;

/// <summary>Reports what <see cref="Validator"/> finds in declarations, where it was written.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // A declaration written by another generator is as wrong as one written by hand.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            // More than one where two versions of the package are referenced.
            if (!start.Compilation.GetTypesByMetadataName(WellKnownNames.QuboAttentionAttribute).IsEmpty)
            {
                if (start.Compilation is CSharpCompilation { LanguageVersion: < LanguageSupport.First } old)
                {
                    // Nothing is generated: there is nothing else to say.
                    start.RegisterSymbolAction(symbol => Refuse(symbol, old.LanguageVersion), SymbolKind.NamedType);
                    return;
                }

                TorchSupport torch = TorchReader.Read(start.Compilation);
                start.RegisterSymbolStartAction(symbol => Begin(symbol, torch), SymbolKind.NamedType);
            }
        });
    }

    private static void Refuse(SymbolAnalysisContext context, LanguageVersion version)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind == TypeKind.Class && DeclarationReader.IsModel(type))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.OldLanguage, FindingLocation.Of(Locator.ClassName, type, [], context.CancellationToken), type.Name,
                version.ToDisplayString()));
        }
    }

    /// <summary>A class is looked at when all of it is known: its terms' bodies too.</summary>
    private static void Begin(SymbolStartAnalysisContext context, TorchSupport torch)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind == TypeKind.Class && DeclarationReader.IsDeclared(type))
        {
            var bodies = new CollectedBodies();
            context.RegisterOperationBlockAction(block => bodies.Add(block.OwningSymbol, block.OperationBlocks));
            context.RegisterSymbolEndAction(end => Analyze(end, type, bodies, torch));
        }
    }

    private static void Analyze(
        SymbolAnalysisContext context, INamedTypeSymbol type, ITermBodies bodies, TorchSupport torch)
    {
        IReadOnlyList<TermSourceText> terms = TermReader.Read(type, bodies);
        ModelDeclaration declaration = DeclarationReader.Read(type, [.. terms.Select(t => t.Term)], context.CancellationToken);
        IReadOnlyList<Finding> findings = Validator.Check(declaration, ModelSpecification.Resolve(declaration), torch);
        if (!declaration.IsBroken && !findings.Any(Descriptors.IsError) && DeclarationReader.HasStub(type))
        {
            // The generator did not see what there is now, and left a class that throws.
            findings = [Descriptors.NoLayer.At(Locator.ClassName, declaration.Type.Name)];
        }

        foreach (Finding finding in findings)
        {
            Location location = FindingLocation.Of(finding.Locator, type, terms, context.CancellationToken);
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.Of(finding), location, Remedy.ToProperties(finding.Remedies), [.. finding.Arguments]));
        }
    }
}
