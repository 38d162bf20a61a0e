using Qama.Cim.Journal;

namespace Qama.Cim;

/// <summary>Something went wrong between here and the machine.</summary>
public class CimException : Exception
{
    /// <summary>Creates it without a message.</summary>
    public CimException()
    {
    }

    /// <summary>Creates it.</summary>
    public CimException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with a cause.</summary>
    public CimException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A task certainly was not accepted, for a reason that may pass.</summary>
public sealed class CimNotAcceptedException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>The machine refused a task: it was not accepted and will not be.</summary>
public sealed class CimRefusedException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>The address or the credentials are wrong: the task was not accepted, and trying again is of no use.</summary>
public sealed class CimConfigurationException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>Whether a task was accepted cannot be known.</summary>
public sealed class CimOutcomeUnknownException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>An answer of the machine is damaged or not what its interface promises.</summary>
public sealed class CimAnswerException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>The answer did not come; the task goes on and is continued the next time.</summary>
public sealed class CimNotFinishedException(string message, Exception? cause = null) : CimException(message, cause);

/// <summary>A limit of tasks would be exceeded. Nothing was submitted.</summary>
public sealed class CimBudgetException(string message) : CimException(message);

/// <summary>The journal cannot be used. Nothing is submitted without a receipt.</summary>
public sealed class CimJournalException(string message, Exception? cause = null) : CimException(message, cause);

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
        const int Shown = 10;
        IEnumerable<string> lines = failures.Take(Shown).Select(f => f.ToString());
        string more = failures.Count > Shown ? $"{Environment.NewLine}and {failures.Count - Shown} more" : "";
        return $"{failures.Count} of {taskCount} tasks have no result:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}{more}";
    }
}

/// <summary>A task without a result.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Key">Its content hash.</param>
/// <param name="State">Its state in the journal.</param>
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
