using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cim;

/// <summary>A change of one task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Index">The task's number in the batch.</param>
/// <param name="Count">Tasks of the batch.</param>
/// <param name="State">The task's state in the journal.</param>
/// <param name="IsReused">Whether its result was in the journal already.</param>
public sealed record CimProgress(MachineTask Task, int Index, int Count, JournalState State, bool IsReused);
