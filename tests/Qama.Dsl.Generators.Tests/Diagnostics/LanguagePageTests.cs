using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Validation;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>docs/language.md says what the attributes say.</summary>
public partial class LanguagePageTests
{
    private static readonly IReadOnlyDictionary<string, string> _sections =
        Section().Matches(Read()).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    private static readonly Type[] _attributes =
    [
        .. typeof(QuboAttentionAttribute).Assembly.GetExportedTypes()
            .Where(t => t.Namespace == "Qama" && t.IsSubclassOf(typeof(Attribute))),
    ];

    private static readonly Type[] _enums =
        [.. _attributes.SelectMany(Properties).Select(p => p.PropertyType).Where(t => t.IsEnum).Distinct()];

    public static TheoryData<string> Attributes => [.. _attributes.Select(Name)];

    public static TheoryData<string> Enums => [.. _enums.Select(e => e.Name)];

    [Fact]
    public void There_is_a_section_for_each_word_and_no_other() => Assert.Equal(
        _attributes.Select(Name).Concat(_enums.Select(e => e.Name)).Order(StringComparer.Ordinal),
        _sections.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Attributes))]
    public void Every_argument_is_there_with_its_default(string name)
    {
        Type type = _attributes.Single(a => Name(a) == name);
        object fresh = Fresh(type);
        var rows = Row().Matches(_sections[name]).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim());
        Assert.Equal(Properties(type).Select(p => p.Name).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        foreach (PropertyInfo property in Properties(type))
        {
            string said = rows[property.Name];
            string value = property.GetValue(fresh) switch
            {
                bool b => b ? "true" : "false",
                Enum e => $"`{e}`",
                IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
                _ => "",
            };

            // Constructor arguments are required; 0 and NaN may stand for "not given".
            Assert.True(
                property.SetMethod is null ? said == "required"
                : said == value || (value is "0" or "NaN" && !double.TryParse(said, CultureInfo.InvariantCulture, out _)),
                $"{name}.{property.Name}: '{said}', but the default is {value}.");
        }
    }

    [Theory]
    [MemberData(nameof(Enums))]
    public void Every_value_of_an_enum_is_there(string name) => Assert.Equal(
        Enum.GetNames(_enums.Single(e => e.Name == name)).Order(StringComparer.Ordinal),
        Value().Matches(_sections[name]).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Attributes))]
    public async Task The_example_uses_the_word_and_is_correct(string name)
    {
        string code = "using Qama;\n" + Example().Match(_sections[name]).Groups[1].Value;
        Assert.Matches(@$"\[{name}\(", code);
        Assert.DoesNotContain(await Declared.DiagnosticsAsync(code), d => d.Severity >= DiagnosticSeverity.Warning);
        Generate.Run(new QuboAttentionGenerator(), Compile.Source(code)).AssertClean();
    }

    [Fact]
    public void Sizes_are_the_limits_that_are_checked()
    {
        Assert.Contains($"1 to {Grouped(Limits.Tokens)}", _sections["QuboAttention"], StringComparison.Ordinal);
        Assert.Contains($"to {Grouped(Limits.FactoredTokens)}", _sections["QuboAttention"], StringComparison.Ordinal);
        Assert.Contains($"1 to {Grouped(Limits.EmbeddingDim)}", _sections["QuboAttention"], StringComparison.Ordinal);
        Assert.Contains($"1 to {Grouped(Limits.Heads)}", _sections["Heads"], StringComparison.Ordinal);
        Assert.Contains($"1 to {Grouped(Limits.Bits)}", _sections["SoftSelection"], StringComparison.Ordinal);
        Assert.Contains($"{Limits.FewestReads} to {Grouped(Limits.MostReads)}", _sections["Readout"], StringComparison.Ordinal);
        Assert.Contains($"{Limits.FewestSpins} to {Grouped(Limits.MostSpins)}", _sections["Target"], StringComparison.Ordinal);
        Assert.Contains($"{Limits.NarrowestCoefficient} to {Limits.WidestCoefficient}", _sections["Target"], StringComparison.Ordinal);
    }

    private static string Grouped(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Name(Type attribute) => attribute.Name[..^"Attribute".Length];

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private static object Fresh(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().Single();
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Activator.CreateInstance(p.ParameterType))]);
    }

    private static string Read([CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(
        Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "language.md")).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^## (\w+)\n(.*?)(?=^## |\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\| `(\w+)` \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Value();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
