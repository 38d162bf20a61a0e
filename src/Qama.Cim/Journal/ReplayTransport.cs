using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>A recording in the machine's place: answers what it holds and nothing else.</summary>
public sealed class ReplayTransport : ICimTransport
{
    private readonly Dictionary<string, JournalEntry> _entries;

    /// <summary>Wraps the entries of a recording.</summary>
    public ReplayTransport(IReadOnlyList<JournalEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        _entries = entries.DistinctBy(e => e.Key).ToDictionary(e => e.Key, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string Name => "recording";

    /// <inheritdoc/>
    public bool SubmissionIsRepeatable => true;

    /// <inheritdoc/>
    public ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _entries.TryGetValue(task.Key, out JournalEntry? entry)
            ? ValueTask.FromResult(entry.TaskId ?? entry.Name)
            : ValueTask.FromException<string>(new CimConfigurationException($"The recording has no task {task.Name}."));
    }

    /// <inheritdoc/>
    public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        JournalEntry entry = _entries[task.Key];
        return ValueTask.FromResult(new MachineAnswer
        {
            State = MachineState.Done, Rows = entry.Rows, ReportedEnergies = entry.ReportedEnergies,
        });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
