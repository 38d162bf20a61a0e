using Qama.Generators.Emission;
using Qama.Generators.Tests.Diagnostics;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Tests.Layers;

namespace Qama.Generators.Tests.Generator;

/// <summary>Generated code is laid out as written code is.</summary>
public class GeneratedTextTests
{
    private const string Terms = """
        public sealed partial class M
        {
            [TokenTerm(Weight = 0.3)] static float Early(TokenPosition t) => 1f / (1 + t.Index) * (1 + t.Head);
            [PairTerm(Weight = 0.7)] static float Near(TokenPair p) => p.Distance * 0.125f + System.MathF.Exp(-p.Distance) * System.MathF.Sin(p.I + 2 * p.J);
            [TokenTerm(Weight = 0.1)] static float Late(TokenPosition t) => t.Index * 0.5f;
            [PairTerm(Weight = 0.2)] static float Apart(TokenPair p) => p.Distance + p.Head;
            [CouplingTerm] static float Affinity(Vec query, Vec key, TokenPair pair, [Learnable(0.5)] float slopeOfTheAffinity, [Learnable(1)] Vec weightOfTheAffinity) =>
                System.MathF.Tanh(slopeOfTheAffinity * Vec.Dot(weightOfTheAffinity * query, key) / (1 + pair.Distance)) + Vec.Max(query - key) * Vec.Sum(Vec.Exp(-(query * query)));
            [FieldTerm] static float Weight(Vec value, TokenPosition token, [Learnable(0.5)] float offsetOfTheField) =>
                System.MathF.Log(1 + System.MathF.Abs(Vec.Sum(value) + offsetOfTheField)) * (token.Index > 2 ? 0.5f : 0.25f);
        }
        """;

    [Fact]
    public void No_line_is_longer_than_120_columns()
    {
        string[] sources =
        [
            .. ReservedMemberTests.Declarations.Select(d => $"using Qama; [{d}] public sealed partial class M;"),
            .. Operators.All.Where((_, n) => n % 17 == 0).Select(o => "using Qama;\n" + o.Source()),
            "using Qama; [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Grid(2, 3), Mask(MaskPattern.Window, Size = 2)] " + Terms,
            "using Qama; [QuboAttention(Tokens = 0, EmbeddingDim = 8), Heads(2)] public sealed partial class M;",
        ];
        foreach (string element in new[] { "float", "double" })
        {
            var options = new Dictionary<string, string> { ["build_property.QamaElementType"] = element };
            foreach (string source in sources)
            {
                GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), Compile.Sources(source, TorchTests.Recent, TensorTests.Torch), options);
                Assert.DoesNotContain(run.Files.SelectMany(f => f.Value.Split('\n')), line => line.Length > 120);
                Assert.DoesNotContain(run.Files.Values, text => text.Contains("_ => default", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Long_terms_compile_without_warnings() => Generate.Run(
        new QuboAttentionGenerator(),
        Compile.Source("using Qama; [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Grid(2, 3), Mask(MaskPattern.Window, Size = 2)] " + Terms)).AssertClean();

    [Theory]
    [InlineData("int x = 1;", "int x = 1;")]
    [InlineData(
        "Multiply(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccc, ddddddddd);",
        "Multiply(\n    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccc, ddddddddd);")]
    [InlineData(
        "// one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
        "// one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen\n// nineteen")]
    public void Long_lines_are_broken_where_they_are_read(string line, string lines) =>
        Assert.Equal(lines, string.Join("\n", LineBreaks.Of(line, 0)));

    /// <summary>Commas in text are no places, nor are those in texts inside the braces of interpolated ones.</summary>
    [Fact]
    public void An_interpolated_text_is_not_broken()
    {
        const string Text = "$\"{string.Join(\", \", values)}, {string.Join(\" = \", others)}, and, and, and, and, and, and, and, and, and, and, and, and\"";
        string[] lines = [.. LineBreaks.Of($"throw new Exception(name, {Text});", 4)];
        Assert.Contains(lines, line => line.Contains(Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_stays_what_it_is_in_parts()
    {
        const string Text = "a \\\"quoted\\\" word, (and brackets, too) = and more of it, more of it, more of it, more of it, more of it, more of it, more";
        string[] lines = [.. LineBreaks.Of($"Call(\"{Text}\", 1);", 8)];
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 120));
        string whole = string.Concat(lines.Select(l => l.Trim() + " ")).Replace("\" + \"", "", StringComparison.Ordinal);
        Assert.Contains(Text, whole, StringComparison.Ordinal);
    }
}
