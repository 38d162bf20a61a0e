using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Qama.Generators;
using Qama.Layers;
using Qama.Torch.Tensors;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Declarations compiled together while tests run; kernels compute in double.</summary>
/// <remarks>Not unloaded: methods of collectible assemblies are optimised at once, which takes far longer than running
/// them.</remarks>
internal sealed class DeclaredModels
{
    /// <summary>The end of the name of the file with a model's operations of torch.</summary>
    public const string TensorsFile = ".Tensors.g.cs";

    private static readonly string _framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly MetadataReference[] _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == _framework)
            .Append(typeof(QuboAttentionAttribute).Assembly.Location)
            .Append(typeof(ITensorModel).Assembly.Location)
            .Append(typeof(TorchSharp.torch).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    // Nullability is other tests' concern, and takes longer than all the rest.
    private static readonly CSharpParseOptions _options =
        new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([KeyValuePair.Create("run-nullable-analysis", "never")]);

    private readonly Assembly _assembly;

    public DeclaredModels(IEnumerable<string> sources)
    {
        using var image = new MemoryStream();
        EmitResult result = Compile(sources).Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(9)));
        image.Position = 0;
        _assembly = new AssemblyLoadContext("declared").LoadFromStream(image);
    }

    /// <summary>The declarations with what is generated for them, without modules, which are tested
    /// elsewhere.</summary>
    public static Compilation Compile(IEnumerable<string> sources)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Declared", sources.Select((s, n) => CSharpSyntaxTree.ParseText(s, _options, $"Source{n}.cs")), _references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        CSharpGeneratorDriver
            .Create([new QuboAttentionGenerator().AsSourceGenerator()], parseOptions: _options, optionsProvider: new ElementTypeOption())
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return output.RemoveSyntaxTrees(output.SyntaxTrees.Where(t => t.FilePath.Contains("Torch", StringComparison.Ordinal)
            && !t.FilePath.EndsWith(TensorsFile, StringComparison.Ordinal)));
    }

    /// <summary>Whether a declaration is without errors.</summary>
    public bool IsLayer(string name) => Type(name).GetNestedType("Generated", BindingFlags.NonPublic) is not null;

    public QuboAttentionLayer<double> Layer(string name) => (QuboAttentionLayer<double>)Activator.CreateInstance(Type(name), 3L)!;

    public ITensorModel Tensors(string name) => (ITensorModel)Activator.CreateInstance(
        Type(name).GetNestedType("Generated", BindingFlags.NonPublic)!.GetNestedType("TensorModel")!)!;

    public Type Type(string name) => _assembly.GetType(name, throwOnError: true)!;

    private sealed class ElementTypeOption : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options();

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Options : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
            {
                value = key == "build_property.QamaElementType" ? "double" : null;
                return value is not null;
            }
        }
    }
}
