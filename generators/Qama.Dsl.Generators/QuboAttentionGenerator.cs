using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Qama.Generators.Emission;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Reading.Editing;
using Qama.Generators.Validation;
using Qama.Generators.Validation.Rules;

namespace Qama.Generators;

/// <summary>Emits the layer of every class annotated with <c>[QuboAttention]</c>. What is wrong with a declaration the analyzer
/// reports, from the same checks; a model that could not be compiled is reported here.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class QuboAttentionGenerator : IIncrementalGenerator
{
    /// <summary>MSBuild property that selects the kernels' number type: <c>double</c>, for verification; else float.</summary>
    private const string ElementTypeProperty = "build_property.QamaElementType";

    private static readonly Encoding _utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private readonly ModelGuard _guard;

    /// <summary>The generator as the compiler makes it.</summary>
    public QuboAttentionGenerator()
        : this(new ModelGuard())
    {
    }

    internal QuboAttentionGenerator(ModelGuard guard) => _guard = guard;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        ModelGuard guard = _guard;
        var readings = new DeclarationReadings(guard);
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

        IncrementalValueProvider<bool> tensors = context.CompilationProvider
            .Select(static (compilation, _) => TorchReader.HasTensors(compilation))
            .WithTrackingName(StepNames.Tensors);

        IncrementalValuesProvider<CompiledModel> models = declarations.Combine(elementType.Combine(torch)).Combine(tensors)
            .Select((pair, _) => Compile(pair.Left.Left, pair.Left.Right.Left, pair.Left.Right.Right, pair.Right, guard))
            .WithTrackingName(StepNames.Files);

        IncrementalValueProvider<bool> hasLayers = models.Select(static (model, _) => model.IsLayer).Collect()
            .Select(static (layers, _) => layers.Contains(true));
        context.RegisterSourceOutput(hasLayers.Combine(torch).Combine(elementType), static (output, options) =>
        {
            if (options.Left is (true, TorchSupport.Available))
            {
                GeneratedFile file = TorchAdapterFile.Emit(options.Right);
                output.AddSource(file.HintName, SourceText.From(file.Text, _utf8));
            }
        });

        // Of other models only this matters to one: empty, but for classes whose names differ in case alone.
        IncrementalValueProvider<EquatableArray<string>> shared = models
            .SelectMany(static (model, _) => model.Files.Select(file => file.HintName)).Collect()
            .Select(static (names, _) => FileNames.Shared(names));

        context.RegisterSourceOutput(models.Combine(shared), static (output, pair) =>
        {
            (CompiledModel model, EquatableArray<string> taken) = pair;
            foreach (GeneratedFile file in model.Files)
            {
                string name = taken.Contains(file.HintName) ? FileNames.Apart(file.HintName) : file.HintName;
                output.AddSource(name, SourceText.From(file.Text, _utf8));
            }

            if (model.Failure is { } failure)
            {
                output.ReportDiagnostic(Diagnostic.Create(Descriptors.Of(failure), Location.None, [.. failure.Arguments]));
            }
        });
    }

    /// <summary>What became of a declaration.</summary>
    /// <param name="Files">The files of the class.</param>
    /// <param name="Failure">Why it could not be compiled, where it is not the declaration that is wrong.</param>
    private sealed record CompiledModel(EquatableArray<GeneratedFile> Files, Finding? Failure = null)
    {
        /// <summary>Whether it is a layer, not a stub.</summary>
        public bool IsLayer { get; init; }
    }

    private static CompiledModel Compile(
        ModelDeclaration declaration, ElementType elementType, TorchSupport torch, bool tensors, ModelGuard guard)
    {
        string name = declaration.Type.Name;
        return declaration.Failure is { } unreadable
            ? Failed(unreadable)
            : guard.Run(name, () => Compile(declaration, elementType, torch, tensors), Failed);

        CompiledModel Failed(string reason)
        {
            Finding failure = ModelSize.Failed(declaration, reason);
            ModelDeclaration withoutTerms = declaration with { Terms = [] };
            EquatableArray<GeneratedFile> stub = new ModelGuard().Run(
                name, () => Stub(withoutTerms, ModelSpecification.Resolve(withoutTerms), [failure], elementType), _ => []);
            return new CompiledModel(stub, failure);
        }
    }

    /// <summary>Declaration to files: a stub where the declaration is wrong but the class can have one.</summary>
    private static CompiledModel Compile(
        ModelDeclaration declaration, ElementType elementType, TorchSupport torch, bool tensors)
    {
        ModelSpecification specification = ModelSpecification.Resolve(declaration);
        IReadOnlyList<Finding> findings = Validator.Check(declaration, specification);
        if (Validator.CanEmit(declaration, findings))
        {
            return new CompiledModel([.. Emitter.Emit(KernelPlan.Lower(specification, elementType), torch, tensors)]) { IsLayer = true };
        }

        return new CompiledModel(Stub(declaration, specification, findings, elementType));
    }

    private static EquatableArray<GeneratedFile> Stub(
        ModelDeclaration declaration, ModelSpecification specification, IReadOnlyList<Finding> findings,
        ElementType elementType) =>
        StubPart.IsPossible(declaration) ? [StubPart.Emit(declaration, specification, findings, elementType)] : [];
}
