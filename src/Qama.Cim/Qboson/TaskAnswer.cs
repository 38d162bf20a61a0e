using Qama.Cim.Json;
using Qama.Cim.Transport;

namespace Qama.Cim.Qboson;

/// <summary>Reads the data of a task query.</summary>
internal static class TaskAnswer
{
    private const int MostRows = 100_000;

    /// <exception cref="CimAnswerException">Not what the interface promises.</exception>
    public static MachineAnswer Parse(in Envelope envelope, MachineTask task, Func<string?, string> redact)
    {
        CheckedJson data = envelope.Data;
        var state = (MachineState)data["task_status"].Integer((int)MachineState.Queued, (int)MachineState.Failed);
        return state switch
        {
            MachineState.Done => Solutions(data["qubo_value"], data["qubo_solution_data"], task),
            MachineState.Failed => new MachineAnswer
            {
                State = state, Reason = redact(data.Words("desc") is { Length: > 0 } desc ? desc : "no reason given"),
            },
            _ => new MachineAnswer { State = state },
        };
    }

    private static MachineAnswer Solutions(CheckedJson energies, CheckedJson solutions, MachineTask task)
    {
        int count = solutions.Count();
        if (count is 0 or > MostRows || energies.Count() != count)
        {
            throw new CimAnswerException(
                $"The answer has {count} solutions and {energies.Count()} values; expected as many of both, 1 to {MostRows}.");
        }

        var values = new double[task.SpinCount];
        return new MachineAnswer
        {
            State = MachineState.Done,
            Rows = [.. solutions.Items().Select(row => SolutionRow.Normalize(row.Numbers(values), task))],
            ReportedEnergies = [.. energies.Items().Select(e => e.Number())],
        };
    }
}
