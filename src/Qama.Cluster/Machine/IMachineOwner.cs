using Qama.Cim.Journal;

namespace Qama.Cluster.Machine;

/// <summary>The owner of a machine account, whose name is the grain's key: its queue, its costs, its journal. Everything may be
/// called at any time and from any member or client of the cluster.</summary>
/// <remarks>Tasks are handed in by <see cref="ClusterCimSampler"/>.</remarks>
[Alias("qama.IMachineOwner")]
public interface IMachineOwner : IGrainWithStringKey
{
    /// <summary>Queue, machine and costs at present.</summary>
    /// <exception cref="CimJournalException">The journal cannot be used.</exception>
    /// <exception cref="Qama.Cim.Transport.CimConfigurationException">The servers have no such account.</exception>
    [Alias("Status")]
    Task<MachineStatus> StatusAsync();

    /// <summary>Callers with tasks in the queue or at the machine, or with submissions today (UTC), by name.</summary>
    /// <param name="skip">Callers left out at the beginning, not negative.</param>
    /// <param name="take">Most callers returned, 1 to 1,000.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    [Alias("Callers")]
    Task<IReadOnlyList<CallerStatus>> CallersAsync(int skip, int take);

    /// <summary>Tasks at the machine, then those that wait, in the order in which they would leave.</summary>
    /// <param name="skip">Tasks left out at the beginning, not negative.</param>
    /// <param name="take">Most tasks returned, 1 to 1,000.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    [Alias("Queue")]
    Task<IReadOnlyList<TaskStatusEntry>> QueueAsync(int skip, int take);

    /// <summary>The journal's tasks in a state, oldest first: for instance those whose outcome is unknown.</summary>
    /// <param name="state">The state.</param>
    /// <param name="skip">Tasks left out at the beginning, not negative.</param>
    /// <param name="take">Most tasks returned, 1 to 1,000.</param>
    /// <exception cref="ArgumentException">A number or the state is out of range.</exception>
    /// <exception cref="CimJournalException">The journal cannot be read.</exception>
    [Alias("Tasks")]
    Task<IReadOnlyList<TaskStatusEntry>> TasksAsync(JournalState state, int skip, int take);

    /// <summary>Takes a task out of the queue, whoever waits for it. One that has left for the machine is finished all the same.</summary>
    /// <param name="key">The task's key.</param>
    /// <returns>Whether it was in the queue.</returns>
    [Alias("Cancel")]
    Task<bool> CancelAsync(string key);

    /// <summary>Gives a task up whose answer will never come: <see cref="CimJournal.EndAsync"/>.</summary>
    /// <param name="key">The task's key.</param>
    /// <param name="state">Failed or Unknown.</param>
    /// <param name="reason">The reason, for the record.</param>
    /// <exception cref="ArgumentException">Another state than those two.</exception>
    /// <exception cref="CimJournalException">There is no such task without a result, or the journal cannot be written.</exception>
    [Alias("End")]
    Task EndAsync(string key, JournalState state, string reason);
}

/// <summary>A machine account at present.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.status")]
public sealed record MachineStatus
{
    /// <summary>The account.</summary>
    [Id(0)]
    public required string Account { get; init; }

    /// <summary>The transport's name.</summary>
    [Id(1)]
    public required string Transport { get; init; }

    /// <summary>Tasks that wait.</summary>
    [Id(2)]
    public required int Queued { get; init; }

    /// <summary>Tasks at the machine.</summary>
    [Id(3)]
    public required int Running { get; init; }

    /// <summary>Most tasks at the machine at the same time.</summary>
    [Id(4)]
    public required int MaxConcurrentTasks { get; init; }

    /// <summary>Submissions of today (UTC).</summary>
    [Id(5)]
    public required int SubmittedToday { get; init; }

    /// <summary>Most submissions in a day; null for no limit.</summary>
    [Id(6)]
    public required int? MaxTasksPerDay { get; init; }

    /// <summary>Most submissions in a day for one caller; null for no limit.</summary>
    [Id(7)]
    public required int? MaxTasksPerDayPerCaller { get; init; }
}

/// <summary>A caller of a machine account at present.</summary>
/// <param name="Caller">The caller's name; empty for submissions of a journal that was imported.</param>
/// <param name="Queued">Tasks that wait.</param>
/// <param name="Running">Tasks at the machine.</param>
/// <param name="SubmittedToday">Submissions of today (UTC).</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.caller")]
public sealed record CallerStatus(
    [property: Id(0)] string Caller, [property: Id(1)] int Queued, [property: Id(2)] int Running, [property: Id(3)] int SubmittedToday);

/// <summary>A task of a machine account.</summary>
/// <param name="Key">The task's content hash.</param>
/// <param name="Name">The name under which the machine lists it.</param>
/// <param name="State">The task's state in the journal.</param>
/// <param name="Caller">Who waits for it, or for whom it was submitted; null where that is not known.</param>
/// <param name="Priority">The priority in the queue.</param>
/// <param name="TaskId">The machine's id; null where there is none, or it is not known yet.</param>
/// <param name="Reason">The reason why the task failed or is unknown; else empty.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.entrystatus")]
public sealed record TaskStatusEntry(
    [property: Id(0)] string Key, [property: Id(1)] string Name, [property: Id(2)] JournalState State, [property: Id(3)] string? Caller,
    [property: Id(4)] int Priority, [property: Id(5)] string? TaskId, [property: Id(6)] string Reason);

/// <summary>What a sampler asks of the owner.</summary>
[Alias("qama.IMachineDesk")]
internal interface IMachineDesk : IMachineOwner
{
    /// <summary>What is known of tasks, in their order; null for nothing.</summary>
    [Alias("Known")]
    Task<StoredTask?[]> KnownAsync(TaskDescription[] tasks);

    /// <summary>Transport and limits.</summary>
    [Alias("Terms")]
    Task<MachineTerms> TermsAsync(string caller);

    /// <summary>Hands in a task, or asks how it stands; answers when it has ended or after some seconds. A call that a server took with
    /// it is given up soon after the time that one may wait (<see cref="MachineOptions.LongPoll"/>).</summary>
    [Alias("Run")]
    [ResponseTimeout("00:00:10")]
    Task<MachineReply> RunAsync(MachineRequest request);

    /// <summary>The caller does not wait any more.</summary>
    [Alias("Leave")]
    Task LeaveAsync(Guid request, string key);

    /// <summary>Makes the owner be somewhere.</summary>
    [Alias("Wake")]
    Task WakeAsync();
}
