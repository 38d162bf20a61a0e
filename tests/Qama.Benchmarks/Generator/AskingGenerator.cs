using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Qama.Benchmarks.Generator;

/// <summary>Does nothing but ask the compiler for the annotated classes: what it takes is Roslyn's own share.</summary>
internal sealed class AskingGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<string> names = context.SyntaxProvider.ForAttributeWithMetadataName(
            typeof(QuboAttentionAttribute).FullName!,
            static (node, _) => node is TypeDeclarationSyntax,
            static (c, _) => c.TargetSymbol.Name);
        context.RegisterSourceOutput(
            names, static (output, name) => output.AddSource(name, SourceText.From("// " + name, System.Text.Encoding.UTF8)));
    }
}
