using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Qama.Generators.Validation;

/// <summary>Numbers and lists in messages, the same in every culture.</summary>
internal static class Text
{
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number that need not be exact, to three digits.</summary>
    public static string About(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>The smallest number of four digits that is not below a positive one, as code.</summary>
    public static string RoundedUp(double value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 3);
        for (double steps = Math.Ceiling(value / unit); ; steps++)
        {
            string text = (steps * unit).ToString("G4", CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) >= value)
            {
                return text;
            }
        }
    }

    /// <summary>A number of steps of 1/<paramref name="stepsPerUnit"/>, as code.</summary>
    public static string Fraction(long steps, long stepsPerUnit) => steps % stepsPerUnit == 0
        ? Number(steps / stepsPerUnit)
        : Number(steps) + ".0 / " + Number(stepsPerUnit);

    public static string Alternatives(IEnumerable<string> words)
    {
        string[] all = [.. words];
        return all.Length == 1 ? all[0] : string.Join(", ", all.Take(all.Length - 1)) + " or " + all[all.Length - 1];
    }
}
