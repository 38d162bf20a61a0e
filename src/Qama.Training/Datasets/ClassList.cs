using System.Globalization;

namespace Qama.Training.Datasets;

/// <summary>Classes that are found by their names.</summary>
internal static class ClassList
{
    /// <summary>The most classes that a data set is believed to have.</summary>
    public const int Most = 10_000;

    /// <summary>The different names in order: of their numbers where all are whole numbers, of their characters otherwise.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> names)
    {
        string[] different = [.. names.Distinct(StringComparer.Ordinal)];
        return different.All(n => int.TryParse(n, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            ? [.. different.OrderBy(n => int.Parse(n, CultureInfo.InvariantCulture)).ThenBy(n => n, StringComparer.Ordinal)]
            : [.. different.Order(StringComparer.Ordinal)];
    }

    /// <summary>Numbers as names.</summary>
    public static IReadOnlyList<string> Numbers(int count) =>
        [.. Enumerable.Range(0, count).Select(c => c.ToString(CultureInfo.InvariantCulture))];
}
