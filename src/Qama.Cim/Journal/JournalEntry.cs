using Qama.Cim.Packing;

namespace Qama.Cim.Journal;

/// <summary>What is known of a task.</summary>
public enum JournalState
{
    /// <summary>Recorded; it has not left.</summary>
    Prepared = 0,

    /// <summary>It is leaving: committed before the first byte. Found after a crash, it becomes <see cref="Unknown"/>.</summary>
    Submitted = 1,

    /// <summary>Accepted; its id is known.</summary>
    Running = 2,

    /// <summary>Finished; the result is stored.</summary>
    Done = 3,

    /// <summary>Refused, or ended without a result.</summary>
    Failed = 4,

    /// <summary>Whether it was accepted cannot be known. It is not submitted again unless told to.</summary>
    Unknown = 5,
}

/// <summary>A line of the journal.</summary>
public sealed record JournalEntry
{
    /// <summary>Content hash of the task.</summary>
    public required string Key { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The machine.</summary>
    public required string Machine { get; init; }

    /// <summary>The form of its matrix.</summary>
    public required UploadForm Form { get; init; }

    /// <summary>Its spins.</summary>
    public required int SpinCount { get; init; }

    /// <summary>What is known of it.</summary>
    public required JournalState State { get; init; }

    /// <summary>The machine's id.</summary>
    public string? TaskId { get; init; }

    /// <summary>Why it failed or is unknown.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it was last submitted; by this computer's clock.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How often it was submitted.</summary>
    public int Submissions { get; init; }

    /// <summary>The states found: spins, the auxiliary last and up. Empty unless done.</summary>
    public IReadOnlyList<sbyte[]> Rows { get; init; } = [];

    /// <summary>The machine's own energies of them.</summary>
    public IReadOnlyList<double> ReportedEnergies { get; init; } = [];
}
