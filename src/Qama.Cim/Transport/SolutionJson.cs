using System.Globalization;
using System.Text.Json;

namespace Qama.Cim.Transport;

/// <summary>Reads solutions out of JSON.</summary>
internal static class SolutionJson
{
    /// <summary>Reads a row. Rows are documented nowhere: accepted are lists of numbers, and texts of them.</summary>
    /// <param name="row">The row.</param>
    /// <param name="values">Room for as many numbers as a row may have.</param>
    /// <exception cref="CimAnswerException">Neither, or too long.</exception>
    public static ReadOnlySpan<double> Numbers(JsonElement row, double[] values)
    {
        if (row.ValueKind == JsonValueKind.String)
        {
            return Numbers(row.GetString()!, values);
        }

        if (row.ValueKind != JsonValueKind.Array)
        {
            throw new CimAnswerException($"Expected a list or a text as solution, got {row.ValueKind}.");
        }

        int length = row.GetArrayLength();
        if (length > values.Length)
        {
            throw new CimAnswerException($"Expected solutions of at most {values.Length} values, got {length}.");
        }

        int i = 0;
        foreach (JsonElement value in row.EnumerateArray())
        {
            values[i++] = Number(value);
        }

        return values.AsSpan(0, length);
    }

    private static ReadOnlySpan<double> Numbers(string text, double[] values)
    {
        string[] parts = text.Trim('[', ']', ' ').Split([',', ' '], values.Length + 1, StringSplitOptions.RemoveEmptyEntries);
        bool isPlain = parts.Length == 1 && parts[0].Length > 1 && parts[0].All(c => c is '0' or '1');
        int length = isPlain ? parts[0].Length : parts.Length;
        if (length > values.Length)
        {
            throw new CimAnswerException($"Expected solutions of at most {values.Length} values, got more.");
        }

        for (int i = 0; i < length; i++)
        {
            values[i] = isPlain ? parts[0][i] - '0' : Number(parts[i]);
        }

        return values.AsSpan(0, length);
    }

    /// <summary>Reads a number, or a text of one.</summary>
    public static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDouble(out double number) ? number : double.NaN,
        JsonValueKind.String => Number(value.GetString()!),
        _ => throw new CimAnswerException($"Expected numbers, got {value.ValueKind}."),
    };

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : throw new CimAnswerException("Expected numbers, got other text.");
}
