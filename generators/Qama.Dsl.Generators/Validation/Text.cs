using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Qama.Generators.Validation;

/// <summary>Numbers and lists in messages, the same in every culture.</summary>
internal static class Text
{
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Alternatives(IEnumerable<string> words)
    {
        string[] all = [.. words];
        return all.Length == 1 ? all[0] : string.Join(", ", all.Take(all.Length - 1)) + " or " + all[all.Length - 1];
    }
}
