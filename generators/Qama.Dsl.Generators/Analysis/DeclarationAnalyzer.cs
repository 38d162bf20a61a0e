using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Reading.Terms;
using Qama.Generators.Validation;

namespace Qama.Generators.Analysis;

/// <summary>Reports what <see cref="Validator"/> finds in declarations, where it was written.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationAnalyzer : DiagnosticAnalyzer
{
    private readonly ModelGuard _guard;

    /// <summary>The analyzer as the compiler makes it.</summary>
    public DeclarationAnalyzer()
        : this(new ModelGuard())
    {
    }

    internal DeclarationAnalyzer(ModelGuard guard) => _guard = guard;

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

                // Actions at a symbol's start would have the compiler ask at each member and each body of the program whose they are.
                start.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
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

    private void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class || !DeclarationReader.HasWrittenPart(type) || !DeclarationReader.IsDeclared(type))
        {
            return;
        }

        IEnumerable<Diagnostic> found = _guard.Run(
            type.Name, () => Find(type, context.Compilation, context.CancellationToken),
            reason => [Diagnostic.Create(Descriptors.ModelFailed, type.Locations.FirstOrDefault(), type.Name, reason)]);
        foreach (Diagnostic diagnostic in found)
        {
            context.ReportDiagnostic(diagnostic);
        }
    }

    private static List<Diagnostic> Find(
        INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        int depth = Nesting.Beyond(type, cancellationToken);
        IReadOnlyList<TermSourceText> terms = depth > 0 ? [] : TermReader.Read(type, new TermBodies(compilation, cancellationToken));
        ModelDeclaration read = DeclarationReader.Read(type, [.. terms.Select(t => t.Term)], cancellationToken);
        ModelDeclaration declaration = read with { Depth = depth };
        IReadOnlyList<Finding> findings = Validator.Check(declaration, ModelSpecification.Resolve(declaration));
        if (!declaration.IsBroken && !findings.Any(Descriptors.IsError) && DeclarationReader.HasStub(type))
        {
            // The generator did not see what there is now, and left a class that throws.
            findings = [Descriptors.NoLayer.At(Locator.ClassName, declaration.Type.Name)];
        }

        return
        [
            .. findings.Select(finding => Diagnostic.Create(
                Descriptors.Of(finding), FindingLocation.Of(finding.Locator, type, terms, cancellationToken),
                Remedy.ToProperties(finding.Remedies), [.. finding.Arguments])),
        ];
    }
}
