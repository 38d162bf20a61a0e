using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cim;

/// <summary>Some tasks of a batch have no result. Those that have one are in the journal and are not computed again.</summary>
public sealed class CimTasksException : CimException
{
    /// <summary>Creates it.</summary>
    /// <param name="failures">The tasks without a result and why.</param>
    /// <param name="taskCount">Tasks of the batch.</param>
    public CimTasksException(IReadOnlyList<TaskFailure> failures, int taskCount)
        : base(Describe(failures, taskCount), failures.Count > 0 ? failures[0].Cause : null)
    {
        Failures = failures;
    }

    /// <summary>The tasks without a result and why.</summary>
    public IReadOnlyList<TaskFailure> Failures { get; }

    private static string Describe(IReadOnlyList<TaskFailure> failures, int taskCount)
    {
        ArgumentNullException.ThrowIfNull(failures);
        const int Shown = 10;
        IEnumerable<string> lines = failures.Take(Shown).Select(f => f.ToString());
        string more = failures.Count > Shown ? $"{Environment.NewLine}and {failures.Count - Shown} more" : "";
        return taskCount == 1
            ? $"The task has no result: {string.Concat(lines)}"
            : $"{failures.Count} of {taskCount} tasks {(failures.Count == 1 ? "has" : "have")} no result:{Environment.NewLine}"
                + $"{string.Join(Environment.NewLine, lines)}{more}";
    }
}

/// <summary>A task without a result.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Key">The task's content hash.</param>
/// <param name="State">The task's state in the journal.</param>
/// <param name="TaskId">The machine's id, if one is known.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Cause">The exception, if there was one.</param>
public sealed record TaskFailure(
    string Name, string Key, JournalState State, string? TaskId, string Reason, Exception? Cause)
{
    /// <summary>One line.</summary>
    public override string ToString() =>
        $"{Name} ({(TaskId is null ? "no id" : "id " + TaskId)}): {State.ToString().ToUpperInvariant()}, {Reason}";
}
