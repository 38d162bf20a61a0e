using Microsoft.Extensions.Logging;
using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cim;

/// <summary>A journal and a transport of this program.</summary>
internal sealed class OwnDesk(
    CimJournal journal, ICimTransport transport, CimSamplerOptions options, ILogger logger, TimeProvider time) : ITaskDesk
{
    private readonly TaskRunner _runner = new(journal, transport, options, logger, time);
    private readonly SharedRuns _shared = new();

    /// <inheritdoc/>
    public string Transport => transport.Name;

    /// <inheritdoc/>
    public int Submissions => _runner.Submissions;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalEntry?>> KnownAsync(IReadOnlyList<MachineTask> tasks, CancellationToken cancellationToken) =>
        await Task.WhenAll(tasks.Select(journal.KnownAsync)).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<JournalEntry?> FindAsync(MachineTask task, CancellationToken cancellationToken) => journal.FindAsync(task.Key);

    /// <inheritdoc/>
    public bool WouldSubmit(JournalEntry? entry) =>
        TaskRunner.WouldSubmit(entry, options.ResubmitFailed, options.ResubmitUnknown, transport.SubmissionIsRepeatable);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DayLimit>> LimitsAsync(CancellationToken cancellationToken) => options.MaxTasksPerDay is int perDay
        ? [new DayLimit(perDay, await journal.SubmittedTodayAsync().ConfigureAwait(false))] : [];

    /// <inheritdoc/>
    public Task<JournalEntry> RunAsync(PlannedTask planned, Action<JournalState> changed, CancellationToken cancellationToken)
    {
        TaskOrder order = TaskOrder.Of(planned, options, new SubmissionLimits(options.MaxTasksPerDay));
        return _shared.JoinAsync(planned.Task.Key, stop => _runner.RunAsync(order, changed, stop), cancellationToken);
    }
}
