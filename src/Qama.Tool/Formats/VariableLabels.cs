using System.Globalization;
using System.Text.Json;

namespace Qama.Tool.Formats;

/// <summary>Names of variables, kept as JSON values: a number, a text in quotes, or a list of them.</summary>
internal static class VariableLabels
{
    /// <summary>A label as people write it: a text without its quotes.</summary>
    public static string Plain(string label) =>
        label.StartsWith('"') ? JsonSerializer.Deserialize<string>(label)! : label;

    /// <summary>Labels that say no more than the order does are none.</summary>
    public static IReadOnlyList<string>? Unless(IReadOnlyList<string> labels) =>
        labels.Select((label, i) => label == i.ToString(CultureInfo.InvariantCulture)).All(same => same) ? null
            : labels;

    /// <summary>Labels as distinct whole numbers that are not negative, or null if they are something else.</summary>
    public static long[]? Numbers(IReadOnlyList<string> labels)
    {
        var numbers = new long[labels.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!long.TryParse(labels[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return numbers.Distinct().Count() == numbers.Length ? numbers : null;
    }
}
