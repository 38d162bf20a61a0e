using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cim;

/// <summary>Where a sampler hands in its tasks: this program's own journal and transport, or an owner elsewhere.</summary>
internal interface ITaskDesk
{
    /// <summary>The transport's name.</summary>
    string Transport { get; }

    /// <summary>Submissions that this sampler caused.</summary>
    int Submissions { get; }

    /// <summary>What is known of tasks, in their order.</summary>
    /// <exception cref="CimJournalException">The journal cannot be read, or a task's line in it is damaged.</exception>
    Task<IReadOnlyList<JournalEntry?>> KnownAsync(IReadOnlyList<MachineTask> tasks, CancellationToken cancellationToken);

    /// <summary>What is known of one task after it went wrong; null for nothing.</summary>
    Task<JournalEntry?> FindAsync(MachineTask task, CancellationToken cancellationToken);

    /// <summary>Whether a task of which this is known would be submitted.</summary>
    bool WouldSubmit(JournalEntry? entry);

    /// <summary>The limits of today.</summary>
    Task<IReadOnlyList<DayLimit>> LimitsAsync(CancellationToken cancellationToken);

    /// <summary>Takes a task to its end, together with whoever else wants it.</summary>
    /// <param name="planned">The task.</param>
    /// <param name="changed">Told about new states.</param>
    /// <param name="cancellationToken">Stops where that is safe: a submission that has begun is brought to its end.</param>
    /// <exception cref="CimException">There is no result at present; the journal says why.</exception>
    Task<JournalEntry> RunAsync(PlannedTask planned, Action<JournalState> changed, CancellationToken cancellationToken);
}

/// <summary>A limit of submissions in a day (UTC).</summary>
/// <param name="Most">Most submissions.</param>
/// <param name="Submitted">Submissions of today.</param>
/// <param name="Caller">Whose they are; empty for everybody's.</param>
internal readonly record struct DayLimit(int Most, int Submitted, string Caller = "")
{
    /// <summary>Whose, after "a day".</summary>
    public string Whose => Caller.Length == 0 ? "" : $" for {Caller}";
}
