using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Reading.Editing;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Reading;

public class SurroundingsTests
{
    private static readonly CSharpCompilation _compilation = Compile.Sources("class A { int x = 1; }", "class B { void F() { } }");

    [Fact]
    public void They_are_the_same_after_edits_inside_members()
    {
        CSharpCompilation once = _compilation.Edit("class A { int x = 2; }"), twice = once.Edit("class B { void F() { F(); } }", file: 1);
        Assert.True(Same(_compilation, once));
        Assert.True(Same(_compilation, twice));
    }

    [Fact]
    public void They_are_others_when_a_file_a_reference_an_option_or_the_name_changes()
    {
        Assert.False(Same(_compilation, _compilation.Edit("class A { long x = 1; }")));
        Assert.False(Same(_compilation, _compilation.AddSyntaxTrees(Compile.Parse("", "Empty.cs"))));
        Assert.False(Same(_compilation, _compilation.RemoveSyntaxTrees(_compilation.SyntaxTrees[0])));
        Assert.False(Same(_compilation, _compilation.WithReferences(_compilation.References.Skip(1))));
        Assert.False(Same(_compilation, _compilation.WithOptions(_compilation.Options.WithAllowUnsafe(true))));
        Assert.False(Same(_compilation, _compilation.WithAssemblyName("Another")));
    }

    private static bool Same(Compilation first, Compilation second) => new Surroundings(first).SayTheSame(new Surroundings(second));
}
