namespace Qama.Tool.Machines;

/// <summary>Which machine, and what may be spent there.</summary>
/// <param name="Machine">One of <see cref="Names"/>, or an address on this computer.</param>
/// <param name="Journal">The journal's file; null for none, which only an emulator allows.</param>
/// <param name="Tasks">Tasks of the same problem, each with reads of its own.</param>
/// <param name="MaxTasks">Most submissions of this run; null for no limit.</param>
/// <param name="MaxTasksPerDay">Most submissions of the journal in a day (UTC); null for no limit.</param>
/// <param name="Resubmit">States of tasks that are submitted again: failed, unknown.</param>
/// <param name="Wait">Time that is waited for a task.</param>
/// <param name="Seed">Seed of an emulator in this process.</param>
internal sealed record MachineSettings(
    string Machine, string? Journal, int Tasks, int? MaxTasks, int? MaxTasksPerDay, (bool Failed, bool Unknown) Resubmit,
    TimeSpan Wait, int Seed)
{
    /// <summary>An emulator in this process.</summary>
    public const string Emulator = "emulator";

    /// <summary>Machines by name: the emulator, and those of the vendor.</summary>
    public static IReadOnlyList<string> Names { get; } = [Emulator, "CPQC-550", "CPQC-1000"];

    /// <summary>The address of an emulator that runs on this computer; null where a name was given.</summary>
    public Uri? Address => AddressOf(Machine);

    /// <summary>Whether tasks are paid for.</summary>
    public bool IsReal => Machine != Emulator && Address is null;

    /// <summary>An address on this computer; null for any other text.</summary>
    public static Uri? AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address is { Scheme: "http" or "https", IsLoopback: true }
            ? address : null;
}
