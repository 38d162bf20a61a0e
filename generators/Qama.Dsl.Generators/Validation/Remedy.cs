using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;

namespace Qama.Generators.Validation;

/// <summary>A mechanical change that takes a finding away: one argument set or removed, or one attribute removed, replaced or added.</summary>
/// <param name="Title">What the user reads.</param>
/// <param name="Key">The same for the same kind of change elsewhere: what Fix All repeats.</param>
/// <param name="AttributeOrdinal">The attribute that is changed (<see cref="Model.DeclaredAttribute.Ordinal"/>).</param>
/// <param name="Argument">The argument; <see cref="Whole"/> to replace the attribute; null to remove it, or to add another behind it.</param>
/// <param name="Text">The new code of argument or attribute, or null to remove it.</param>
internal sealed record Remedy(string Title, string Key, int AttributeOrdinal, string? Argument, string? Text)
{
    /// <summary>Stands for the attribute as a whole: no argument is called that.</summary>
    public const string Whole = "";

    private const string Prefix = "Remedy";

    /// <summary>As properties of a diagnostic, the only thing that reaches a code fix.</summary>
    public static ImmutableDictionary<string, string?> ToProperties(EquatableArray<Remedy> remedies)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty;
        for (int i = 0; i < remedies.Count; i++)
        {
            Remedy remedy = remedies[i];
            string name = Name(i);
            properties = properties
                .Add(name + nameof(Title), remedy.Title)
                .Add(name + nameof(Key), remedy.Key)
                .Add(name + nameof(AttributeOrdinal), remedy.AttributeOrdinal.ToString(CultureInfo.InvariantCulture))
                .Add(name + nameof(Argument), remedy.Argument)
                .Add(name + nameof(Text), remedy.Text);
        }

        return properties;
    }

    public static IEnumerable<Remedy> FromProperties(ImmutableDictionary<string, string?> properties)
    {
        for (int i = 0; properties.TryGetValue(Name(i) + nameof(Title), out string? title); i++)
        {
            string name = Name(i);
            yield return new Remedy(
                title!, properties[name + nameof(Key)]!,
                int.Parse(properties[name + nameof(AttributeOrdinal)], CultureInfo.InvariantCulture),
                properties[name + nameof(Argument)], properties[name + nameof(Text)]);
        }
    }

    private static string Name(int index) => Prefix + index.ToString(CultureInfo.InvariantCulture) + ".";
}
