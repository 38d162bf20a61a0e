using NetArchTest.Rules;

namespace Qama.Architecture.Tests;

/// <summary>Where the compiler looks at C#: everywhere else there are declarations, expressions and text.</summary>
public sealed class RoslynTests
{
    // What diagnostics and literals are described with may be used anywhere.
    private static readonly string[] Code =
    [
        "Microsoft.CodeAnalysis.CSharp.Syntax", "Microsoft.CodeAnalysis.Operations", "Microsoft.CodeAnalysis.Diagnostics",
        .. new[]
        {
            "ISymbol", "INamedTypeSymbol", "ITypeSymbol", "IMethodSymbol", "IPropertySymbol", "IFieldSymbol", "AttributeData",
            "SyntaxNode", "SyntaxTree", "SyntaxToken", "IOperation", "SemanticModel", "Compilation", "Location",
        }.Select(type => "Microsoft.CodeAnalysis." + type),
    ];

    [Theory]
    [InlineData("Energy")]
    [InlineData("Model")]
    [InlineData("Validation")]
    [InlineData("Lowering")]
    [InlineData("Emission")]
    public void Only_reading_and_analysis_see_code(string room)
    {
        IEnumerable<string> found = Types.InAssembly(typeof(Generators.QuboAttentionGenerator).Assembly)
            .That().ResideInNamespaceMatching($@"^Qama\.Generators\.{room}(\.|$)")
            .ShouldNot().HaveDependencyOnAny(Code)
            .GetResult().FailingTypes.Select(type => $"{type.FullName}: {type.Explanation}");
        Assert.Empty(found);
    }
}
