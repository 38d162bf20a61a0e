namespace Qama.Cim.Transport;

/// <summary>The state of a task at the machine.</summary>
public enum MachineState
{
    /// <summary>Waiting or being checked.</summary>
    Queued = 0,

    /// <summary>Being computed.</summary>
    Running = 1,

    /// <summary>Finished, with an answer.</summary>
    Done = 2,

    /// <summary>Ended without an answer.</summary>
    Failed = 3,
}

/// <summary>The machine's answer about a task.</summary>
public sealed record MachineAnswer
{
    /// <summary>The state of the task.</summary>
    public required MachineState State { get; init; }

    /// <summary>The reason why the task failed; else empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The states found: spins of −1 and +1, the auxiliary one last and up. Empty unless done.</summary>
    public IReadOnlyList<sbyte[]> Rows { get; init; } = [];

    /// <summary>The energies that the machine gives for them, in its own units, or none; not used for anything but the
    /// record.</summary>
    public IReadOnlyList<double> ReportedEnergies { get; init; } = [];

    /// <summary>What is wrong with a result as one of a task of so many spins, or null.</summary>
    internal string? Problem(int spins) =>
        Rows is not { Count: > 0 } ? "it has no states"
        : !Rows.All(r => r?.Length == spins) ? $"not all of its states have {spins} spins"
        : !Rows.All(r => r.All(s => s is 1 or -1)) ? "a state holds something else than -1 and 1"
        : ReportedEnergies is null || (ReportedEnergies.Count != 0 && ReportedEnergies.Count != Rows.Count)
            ? "it has another number of energies than of states" : null;
}
