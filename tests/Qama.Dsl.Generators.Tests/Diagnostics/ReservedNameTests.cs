using Qama.Generators.Model;

namespace Qama.Generators.Tests.Diagnostics;

public class ReservedNameTests
{
    private const string Model = "[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4)]\n";

    public static TheoryData<string> Names => [.. GeneratedNames.All];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_member_with_a_name_of_the_generated_part_is_an_error_at_the_member(string name) =>
        await Declared.AssertAsync(Model + $"partial class M {{ public int {{|QAMA0016:{name}|}}() => 1; }}");

    [Theory]
    [InlineData("int {|QAMA0016:Tokens|} = 1; int Use() => Tokens;")]
    [InlineData("class {|QAMA0016:Descriptor|};")]
    [InlineData("public int {|QAMA0016:SpinCount|} { get; }")]
    [InlineData("public {|QAMA0016:M|}(long seed) { }")]
    public async Task Fields_types_properties_and_the_seed_constructor_collide_too(string member) =>
        await Declared.AssertAsync(Model + $"partial class M {{ {member} }}");

    [Fact]
    public async Task A_class_called_like_a_generated_member_is_an_error() =>
        await Declared.AssertAsync(Model + "partial class {|QAMA0016:Generated|};");

    [Theory]
    [InlineData("public int tokens => 1;")]
    [InlineData("public int TokenCount => 1;")]
    [InlineData("public double Energy() => 1;")]
    [InlineData("static int Distance(int i, int j) => i - j;")]
    [InlineData("const int TokenStride = 16, CouplingWeight = 2;")]
    [InlineData("[PairTerm(Weight = 1)] static float Coupling(TokenPair p) => p.Distance; static int CouplingOf => 1;")]
    [InlineData("public M(int other) { }")]
    public async Task Other_names_are_free(string member) =>
        await Declared.AssertAsync(Model + $"partial class M {{ {member} }}");

    [Fact]
    public async Task The_generators_own_files_do_not_collide_with_themselves()
    {
        var compilation = Harness.Compile.Source("using Qama; " + Model + "partial class M;").AddSyntaxTrees(
            Harness.Compile.Parse(
                "partial class M { public const int Tokens = 16; public M(long seed) { } }",
                "Qama.Dsl.Generators/Qama.Generators.QuboAttentionGenerator/M.Model.g.cs"));
        Assert.Empty(await Harness.Analyze.DiagnosticsAsync(compilation, new Analysis.DeclarationAnalyzer()));
    }
}
