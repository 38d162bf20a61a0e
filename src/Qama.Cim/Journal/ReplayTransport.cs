using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>A recording in the machine's place: answers what it holds and nothing else.</summary>
public sealed class ReplayTransport : ICimTransport
{
    private readonly Dictionary<string, JournalEntry> _entries;

    /// <summary>Wraps the entries of a recording; of several under a key the first counts.</summary>
    /// <exception cref="ArgumentException">An entry is null.</exception>
    public ReplayTransport(IReadOnlyList<JournalEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        _entries = !entries.Contains(null!)
            ? entries.DistinctBy(e => e.Key).ToDictionary(e => e.Key, StringComparer.Ordinal)
            : throw new ArgumentException("Expected entries, got null.", nameof(entries));
    }

    /// <inheritdoc/>
    public string Name => "recording";

    /// <inheritdoc/>
    public bool SubmissionIsRepeatable => true;

    /// <inheritdoc/>
    public ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken)
    {
        JournalEntry entry = Find(task);
        return ValueTask.FromResult(entry.TaskId ?? entry.Name);
    }

    /// <inheritdoc/>
    public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        JournalEntry entry = Find(task);
        return ValueTask.FromResult(new MachineAnswer
        {
            State = MachineState.Done, Rows = entry.Rows, ReportedEnergies = entry.ReportedEnergies,
        });
    }

    private JournalEntry Find(MachineTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        JournalEntry entry = _entries.GetValueOrDefault(task.Key)
            ?? throw new CimConfigurationException($"The recording has no task {task.Name}.");
        return new MachineAnswer { State = MachineState.Done, Rows = entry.Rows, ReportedEnergies = entry.ReportedEnergies }
            .Problem(task.SpinCount) is { } problem
                ? throw new CimConfigurationException($"The recording's result is none of {task.Name}: {problem}.") : entry;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
