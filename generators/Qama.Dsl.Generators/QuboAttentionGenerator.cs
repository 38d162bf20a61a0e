using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Qama.Generators.Declarations;
using Qama.Generators.Emission;
using Qama.Generators.Lowering;
using Qama.Generators.Validation;

namespace Qama.Generators;

/// <summary>Emits the layer of every class annotated with <c>[QuboAttention]</c>. It reports nothing: the analyzer does,
/// from the same checks.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class QuboAttentionGenerator : IIncrementalGenerator
{
    /// <summary>MSBuild property that selects the kernels' number type: <c>double</c>, for verification; else float.</summary>
    private const string ElementTypeProperty = "build_property.QamaElementType";

    private static readonly Encoding _utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var readings = new DeclarationReadings();
        IncrementalValueProvider<bool> isRecent = context.ParseOptionsProvider
            .Select(static (options, _) => LanguageSupport.IsRecent(options));

        IncrementalValuesProvider<ModelDeclaration> declarations = context.SyntaxProvider.ForAttributeWithMetadataName(
                WellKnownNames.QuboAttentionAttribute,
                static (node, _) => node is ClassDeclarationSyntax,
                readings.Read)
            .WithTrackingName(StepNames.Declaration)
            .Where(static declaration => declaration is not null)
            .Combine(isRecent).Where(static pair => pair.Right).Select(static (pair, _) => pair.Left!);

        IncrementalValueProvider<ElementType> elementType = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) =>
                options.GlobalOptions.TryGetValue(ElementTypeProperty, out string? name) && name == ElementType.Double.Name
                    ? ElementType.Double
                    : ElementType.Single)
            .WithTrackingName(StepNames.Options);

        IncrementalValueProvider<TorchSupport> torch = context.CompilationProvider
            .Select(static (compilation, _) => TorchReader.Read(compilation))
            .WithTrackingName(StepNames.Torch);

        IncrementalValuesProvider<EquatableArray<GeneratedFile>> files = declarations.Combine(elementType.Combine(torch))
            .Select(static (pair, _) => Compile(pair.Left, pair.Right.Left, pair.Right.Right))
            .WithTrackingName(StepNames.Files);

        // Of other models only this matters to one: empty, but for classes whose names differ in case alone.
        IncrementalValueProvider<EquatableArray<string>> shared = files
            .SelectMany(static (model, _) => model.Select(file => file.HintName)).Collect()
            .Select(static (names, _) => FileNames.Shared(names));

        context.RegisterSourceOutput(files.Combine(shared), static (output, model) =>
        {
            foreach (GeneratedFile file in model.Left)
            {
                string name = model.Right.Contains(file.HintName) ? FileNames.Apart(file.HintName) : file.HintName;
                output.AddSource(name, SourceText.From(file.Text, _utf8));
            }
        });
    }

    /// <summary>Declaration to files: a stub where the declaration is wrong but the class can have one.</summary>
    private static EquatableArray<GeneratedFile> Compile(
        ModelDeclaration declaration, ElementType elementType, TorchSupport torch)
    {
        ModelSpecification specification = ModelSpecification.Resolve(declaration);
        IReadOnlyList<Finding> findings = Validator.Check(declaration, specification);
        if (Validator.CanEmit(declaration, findings))
        {
            return [.. Emitter.Emit(KernelPlan.Lower(specification, elementType), torch)];
        }

        return StubPart.IsPossible(declaration) ? [StubPart.Emit(declaration, specification, findings, elementType)] : [];
    }
}
