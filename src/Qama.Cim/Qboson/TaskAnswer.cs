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
            Rows = [.. solutions.EnumerateArray().Select(row => SolutionRow.Normalize(SolutionJson.Numbers(row, values), task))],
            ReportedEnergies = [.. energies.EnumerateArray().Select(SolutionJson.Number)],
        };
    }
}
