using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
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
                start.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
            }
        });
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class || !DeclarationReader.DslAttributes(type).Any())
        {
            return;
        }

        ModelDeclaration declaration = DeclarationReader.Read(type, context.CancellationToken);
        foreach (Finding finding in Validator.Check(declaration, ModelSpecification.Resolve(declaration)))
        {
            Location location = FindingLocation.Of(finding.Locator, type, context.CancellationToken);
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.Of(finding), location, Remedy.ToProperties(finding.Remedies), [.. finding.Arguments]));
        }
    }
}
