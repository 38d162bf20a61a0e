using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Ising.Precision;

namespace Qama.Cim;

/// <summary>A task as it would be sent.</summary>
/// <param name="Task">The task as it is sent.</param>
/// <param name="Content">The problems in the task.</param>
public sealed record PlannedTask(MachineTask Task, PackedTask Content);

/// <summary>What a batch of problems would need: the dry run.</summary>
public sealed record CimPlan
{
    /// <summary>The problems in the machine's integers.</summary>
    public required IReadOnlyList<MachineProblem> Problems { get; init; }

    /// <summary>The tasks.</summary>
    public required IReadOnlyList<PlannedTask> Tasks { get; init; }

    /// <summary>What the journal knows of them, in their order.</summary>
    public IReadOnlyList<JournalEntry?> Known { get; init; } = [];

    /// <summary>Tasks that packing saves.</summary>
    public int TasksSaved => Problems.Count(p => p.SpinCount > 0) - Tasks.Count;

    /// <summary>The tasks in words, one a line.</summary>
    public override string ToString()
    {
        int decided = Problems.Count(p => p.SpinCount == 0);
        var lines = new List<string>
        {
            $"{Count(Problems.Count, "problem")} in {Count(Tasks.Count, "task")} ({TasksSaved} saved by packing, {decided} without spins)",
        };
        for (int t = 0; t < Tasks.Count; t++)
        {
            (MachineTask task, PackedTask content) = Tasks[t];
            string known = t < Known.Count && Known[t] is { } entry ? $", {entry.State}".ToUpperInvariant() : "";
            string problems = string.Join(' ', content.Problems.Select(p => p.Index));
            lines.Add($"{task.Name}: {task.Machine}, {task.Form}, {task.MatrixSize} x {task.MatrixSize}, problems {problems}{known}");
        }

        return string.Join(Environment.NewLine, lines);

        static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
    }
}
