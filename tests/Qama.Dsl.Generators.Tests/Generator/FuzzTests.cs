using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Analysis;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Validation;

namespace Qama.Generators.Tests.Generator;

public class FuzzTests
{
    [Fact]
    public async Task Nothing_throws_whatever_is_declared()
    {
        var random = new RandomDeclarations(seed: 11);
        for (int batch = 0; batch < 10; batch++)
        {
            string code = Batch(300, random.Next);
            CSharpCompilation compilation = Compile.Source(code);
            foreach (Diagnostic diagnostic in await Analyze.DiagnosticsAsync(compilation, new DeclarationAnalyzer()))
            {
                Assert.True(diagnostic.Location.IsInSource);
                Assert.DoesNotContain("{", diagnostic.GetMessage(null), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_accepted_compiles_and_what_is_not_has_a_stub_that_does(int seed)
    {
        var random = new RandomDeclarations(seed);
        string[] all = [.. Enumerable.Range(0, 700).Select(i => random.Next("M" + i))];
        CSharpCompilation compilation = Compile.Source("using Qama;\n" + string.Concat(all));
        int[] accepted = [.. Enumerable.Range(0, all.Length).Where(i => IsAccepted(compilation, i))];
        int[] refused = [.. Enumerable.Range(0, all.Length).Except(accepted).Take(20)];
        Assert.True(accepted.Length > 40, $"{accepted.Length} of {all.Length} accepted");
        Generate.Run(
            new QuboAttentionGenerator(),
            Compile.Source("using Qama;\n" + string.Concat(accepted.Take(40).Concat(refused).Select(i => all[i])))).AssertClean();
    }

    private static bool IsAccepted(CSharpCompilation compilation, int index)
    {
        ModelDeclaration declaration = DeclarationReader.Read(compilation.GetTypeByMetadataName("M" + index)!, terms: [], default);
        return Validator.CanEmit(declaration, ModelSpecification.Resolve(declaration));
    }

    private static string Batch(int count, Func<string, string> next)
    {
        var code = new StringBuilder("using Qama;\n");
        for (int i = 0; i < count; i++)
        {
            code.Append(next("M" + i));
        }

        return code.ToString();
    }
}
