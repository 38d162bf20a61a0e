using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Qama.Ising.Files;

/// <summary>Lines of a text file with their numbers, and errors that name both.</summary>
internal sealed class TextLines(TextReader reader, string name)
{
    /// <summary>Number of the present line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line that is not blank, trimmed; null at the end.</summary>
    public string? Next()
    {
        while (reader.ReadLine() is string line)
        {
            Number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                return line.Trim();
            }
        }

        return null;
    }

    /// <summary>A setting written as "# name=value".</summary>
    public static bool TrySetting(string line, out string key, out string value)
    {
        string[] parts = line.TrimStart('#').Split('=', 2, StringSplitOptions.TrimEntries);
        (key, value) = parts.Length == 2 ? (parts[0], parts[1]) : ("", "");
        return parts.Length == 2;
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public double ParseNumber(string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
        {
            Fail($"expected a finite number, got '{text}'");
        }

        return value;
    }

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public int ParseInteger(string text, int least, int most)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < least || value > most)
        {
            Fail($"expected a whole number in {least}..{most}, got '{text}'");
        }

        return value;
    }

    /// <summary>A number as text that reads back to the same bits.</summary>
    public static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Says what is wrong in the present line.</summary>
    [DoesNotReturn]
    public void Fail(string what) => throw new InvalidDataException($"{name}, line {Number}: {what}.");
}
