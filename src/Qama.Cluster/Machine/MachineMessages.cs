using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>A task that a caller wants, from a client to the owner.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.request")]
internal sealed record MachineRequest
{
    /// <summary>Tells requests apart; the same however often it is sent.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    [Id(1)]
    public required string Caller { get; init; }

    [Id(2)]
    public required int Priority { get; init; }

    [Id(3)]
    public required TaskDescription Task { get; init; }

    /// <summary>See <see cref="CompactMatrix"/>; null where the owner is thought to know the task.</summary>
    [Id(4)]
    public byte[]? Matrix { get; init; }

    [Id(5)]
    public bool ResubmitFailed { get; init; }

    [Id(6)]
    public bool ResubmitUnknown { get; init; }

    /// <summary>The caller's own limit of the journal's submissions in a day.</summary>
    [Id(7)]
    public int? MaxTasksPerDay { get; init; }
}

/// <summary>See <see cref="MachineTask"/>; with what its key is made of besides the matrix.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.task")]
internal sealed record TaskDescription(
    [property: Id(0)] string Key, [property: Id(1)] string Name, [property: Id(2)] string Machine, [property: Id(3)] UploadForm Form,
    [property: Id(4)] int SpinCount, [property: Id(5)] int Bits, [property: Id(6)] int Repetition)
{
    public MachineTask ToTask() => new() { Key = Key, Name = Name, Machine = Machine, Form = Form, SpinCount = SpinCount };
}

/// <summary>How a request stands.</summary>
internal enum ReplyKind
{
    /// <summary>The task waits or is at the machine: ask again.</summary>
    Waiting = 0,

    /// <summary>The owner does not know the task: ask again with the matrix.</summary>
    NeedsMatrix = 1,

    /// <summary>The journal's entry says how it ended.</summary>
    Ended = 2,

    /// <summary>An error says why there is no result.</summary>
    Failed = 3,

    /// <summary>This owner was replaced, or is not ready: ask again in a moment.</summary>
    Elsewhere = 4,
}

/// <summary>The owner's answer to a request.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.reply")]
internal sealed record MachineReply
{
    [Id(0)]
    public required ReplyKind Kind { get; init; }

    /// <summary>Tells owners apart.</summary>
    [Id(1)]
    public Guid Owner { get; init; }

    /// <summary>The state at present.</summary>
    [Id(2)]
    public JournalState State { get; init; }

    [Id(3)]
    public StoredTask? Entry { get; init; }

    [Id(4)]
    public MachineError? Error { get; init; }

    /// <summary>Whether a submission was made for this request.</summary>
    [Id(5)]
    public bool IsSubmitted { get; init; }
}

/// <summary>See <see cref="JournalEntry"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.entry")]
internal sealed record StoredTask
{
    [Id(0)]
    public required TaskDescription Task { get; init; }

    [Id(1)]
    public required JournalState State { get; init; }

    [Id(2)]
    public string? TaskId { get; init; }

    [Id(3)]
    public string Reason { get; init; } = "";

    [Id(4)]
    public DateTimeOffset? SubmittedAt { get; init; }

    [Id(5)]
    public DateTimeOffset? FinishedAt { get; init; }

    [Id(6)]
    public int Submissions { get; init; }

    /// <summary>Spins as bits.</summary>
    [Id(7)]
    public byte[] Rows { get; init; } = [];

    [Id(8)]
    public double[] Energies { get; init; } = [];

    public static StoredTask Of(JournalEntry entry) => new()
    {
        Task = new TaskDescription(entry.Key, entry.Name, entry.Machine, entry.Form, entry.SpinCount, 0, 0),
        State = entry.State,
        TaskId = entry.TaskId,
        Reason = entry.Reason,
        SubmittedAt = entry.SubmittedAt,
        FinishedAt = entry.FinishedAt,
        Submissions = entry.Submissions,
        Rows = SpinBits.Pack(entry.Rows),
        Energies = [.. entry.ReportedEnergies],
    };

    public JournalEntry ToEntry() => new()
    {
        Key = Task.Key,
        Name = Task.Name,
        Machine = Task.Machine,
        Form = Task.Form,
        SpinCount = Task.SpinCount,
        State = State,
        TaskId = TaskId,
        Reason = Reason,
        SubmittedAt = SubmittedAt,
        FinishedAt = FinishedAt,
        Submissions = Submissions,
        Rows = SpinBits.Unpack(Rows, Task.SpinCount),
        ReportedEnergies = Energies,
    };
}

/// <summary>A day's limit.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.limit")]
internal readonly record struct StoredLimit([property: Id(0)] int Most, [property: Id(1)] int Submitted, [property: Id(2)] string Caller);

/// <summary>What a client needs to know before it hands in a batch.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.machine.terms")]
internal sealed record MachineTerms
{
    [Id(0)]
    public required string Transport { get; init; }

    [Id(1)]
    public required bool IsRepeatable { get; init; }

    [Id(2)]
    public required int SubmittedToday { get; init; }

    [Id(3)]
    public required IReadOnlyList<StoredLimit> Limits { get; init; }
}
