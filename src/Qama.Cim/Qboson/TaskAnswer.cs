using System.Globalization;
using System.Text.Json;
using Qama.Cim.Transport;

namespace Qama.Cim.Qboson;

/// <summary>Reads the data of a task query.</summary>
internal static class TaskAnswer
{
    private const int MostRows = 100_000;

    /// <exception cref="CimAnswerException">Not what the interface promises.</exception>
    public static MachineAnswer Parse(in Envelope envelope, MachineTask task, Func<string?, string> redact)
    {
        if (!int.TryParse(envelope.TextOf("task_status"), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            || !Enum.IsDefined((MachineState)status))
        {
            throw new CimAnswerException("The answer has no task_status of 0 to 3.");
        }

        var state = (MachineState)status;
        return state switch
        {
            MachineState.Done => Solutions(envelope.Data, task),
            MachineState.Failed => new MachineAnswer { State = state, Reason = redact(envelope.TextOf("desc") ?? "no reason given") },
            _ => new MachineAnswer { State = state },
        };
    }

    private static MachineAnswer Solutions(JsonElement data, MachineTask task)
    {
        if (!data.TryGetProperty("qubo_value", out JsonElement energies) || energies.ValueKind != JsonValueKind.Array
            || !data.TryGetProperty("qubo_solution_data", out JsonElement solutions) || solutions.ValueKind != JsonValueKind.Array)
        {
            throw new CimAnswerException("The answer of a completed task has no qubo_value and qubo_solution_data.");
        }

        int count = solutions.GetArrayLength();
        if (count == 0 || count > MostRows || energies.GetArrayLength() != count)
        {
            throw new CimAnswerException(
                $"The answer has {count} solutions and {energies.GetArrayLength()} values; expected as many of both, at least one.");
        }

        var values = new double[task.SpinCount];
        return new MachineAnswer
        {
            State = MachineState.Done,
            Rows = [.. solutions.EnumerateArray().Select(row => SolutionRow.Normalize(Numbers(row, values), task))],
            ReportedEnergies = [.. energies.EnumerateArray().Select(Number)],
        };
    }

    // Rows are documented nowhere: accepted are lists of numbers, and texts of them.
    private static ReadOnlySpan<double> Numbers(JsonElement row, double[] values)
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

    private static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDouble(out double number) ? number : double.NaN,
        JsonValueKind.String => Number(value.GetString()!),
        _ => throw new CimAnswerException($"Expected numbers, got {value.ValueKind}."),
    };

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : throw new CimAnswerException("Expected numbers, got other text.");
}
