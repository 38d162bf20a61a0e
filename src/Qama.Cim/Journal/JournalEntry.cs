using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>The state of a task in the journal.</summary>
public enum JournalState
{
    /// <summary>Recorded; it has not left.</summary>
    Prepared = 0,

    /// <summary>Being submitted: committed before the first byte. Found after a crash, the state becomes <see cref="Unknown"/>.</summary>
    Submitted = 1,

    /// <summary>Accepted; its id is known.</summary>
    Running = 2,

    /// <summary>Finished; the result is stored.</summary>
    Done = 3,

    /// <summary>Refused, or ended without a result.</summary>
    Failed = 4,

    /// <summary>Whether it was accepted cannot be known. It is not submitted again unless told to.</summary>
    Unknown = 5,

    /// <summary>The journal's line cannot be read: only <see cref="CimJournal.ListAsync"/> says so of a task, with the
    /// reason and what of the line
    /// is readable. To look for the task alone is an error.</summary>
    Damaged = 6,
}

/// <summary>A line of the journal.</summary>
public sealed record JournalEntry
{
    /// <summary>Content hash of the task.</summary>
    public required string Key { get; init; }

    /// <summary>The task's name.</summary>
    public required string Name { get; init; }

    /// <summary>The machine.</summary>
    public required string Machine { get; init; }

    /// <summary>The form of its matrix.</summary>
    public required UploadForm Form { get; init; }

    /// <summary>The number of spins, the auxiliary one included.</summary>
    public required int SpinCount { get; init; }

    /// <summary>The state of the task.</summary>
    public required JournalState State { get; init; }

    /// <summary>The machine's id.</summary>
    public string? TaskId { get; init; }

    /// <summary>The reason why the task failed or is unknown; else empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The time of the last submission, by this computer's clock.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>The time at which the task ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The number of submissions.</summary>
    public int Submissions { get; init; }

    /// <summary>The states found: spins, the auxiliary last and up. Empty unless done.</summary>
    public IReadOnlyList<sbyte[]> Rows { get; init; } = [];

    /// <summary>The machine's own energies of them.</summary>
    public IReadOnlyList<double> ReportedEnergies { get; init; } = [];

    /// <summary>What is wrong with it as a task that has a result, or null.</summary>
    internal string? Problem() => new MachineTask { Key = Key, Name = Name, Machine = Machine, Form = Form, SpinCount = SpinCount }.Problem()
        ?? (TaskId is { } id && (id.Length is 0 or > 200 || id.Any(char.IsControl)) ? "its id is empty, too long or no plain text" : null)
        ?? new MachineAnswer { State = MachineState.Done, Rows = Rows, ReportedEnergies = ReportedEnergies }.Problem(SpinCount);

    /// <summary>Throws where an entry under a task's key describes another task: a result of other spins is none of
    /// it.</summary>
    internal JournalEntry For(MachineTask task) => (Machine, Form, SpinCount) == (task.Machine, task.Form, task.SpinCount)
        ? this
        : throw new CimJournalException(
            $"The journal's line of {task.Name} is about {SpinCount} spins, {Form}, on {Machine}; the task has {task.SpinCount}, {task.Form}, on "
            + $"{task.Machine}. It came from elsewhere: another Repetition or another journal does without it.");
}
