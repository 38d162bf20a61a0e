using System.Globalization;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>Classes of every name and place.</summary>
public class IdentityTests
{
    private const string Attributes = "[Qama.QuboAttention(Tokens = 4, EmbeddingDim = 8), Qama.Heads(2), Qama.SoftSelection(Bits = 2, Curvature = 0.25)]";

    [Theory]
    [InlineData("A partial class One; A partial class Two;")]
    [InlineData("partial class Outer { partial struct Middle { A public sealed partial class Inner; } A partial class Second; }")]
    [InlineData("namespace @event { A public sealed partial class @class; }")]
    [InlineData("namespace Größe.日本 { A public sealed partial class Ağ; }")]
    [InlineData("namespace One { A partial class Same; } namespace Two { A partial class Same; } A partial class Same;")]
    [InlineData("partial interface I { A public sealed partial class M; }")]
    public void Every_class_gets_its_layer(string code) => Generate.Run(
        new QuboAttentionGenerator(), Compile.Source(code.Replace("A ", Attributes + " ", StringComparison.Ordinal))).AssertClean();

    [Fact]
    public void A_long_name_gets_files_of_its_own()
    {
        string name = new('x', 300);
        GeneratorRun run = Generate.Run(
            new QuboAttentionGenerator(), Compile.Source($"{Attributes} partial class {name}1; {Attributes} partial class {name}2;"))
            .AssertClean();
        Assert.All(run.Files.Keys, f => Assert.InRange(f.Length, 1, 200));
    }

    [Fact]
    public void Output_does_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            string[] texts = [.. new[] { "", "tr-TR", "de-DE", "fa-IR" }.Select(Run)];
            Assert.All(texts, t => Assert.Equal(texts[0], t));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static string Run(string culture)
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            return string.Concat(Generate.Run(
                new QuboAttentionGenerator(), Compile.Source(Attributes + " partial class Indivisible;")).Files
                .OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value));
        }
    }

    [Theory]
    [InlineData(null, "float")]
    [InlineData("single", "float")]
    [InlineData("double", "double")]
    public void The_element_type_is_an_option(string? option, string element)
    {
        var options = option is null ? [] : new Dictionary<string, string> { ["build_property.QamaElementType"] = option };
        Assert.Contains(
            $"QuboAttentionLayer<{element}>",
            Generate.Run(new QuboAttentionGenerator(), Compile.Source(Attributes + " partial class M;"), options).AssertClean().File("M.Layer.g.cs"),
            StringComparison.Ordinal);
    }
}
