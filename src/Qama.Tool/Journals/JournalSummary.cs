using Qama.Cim.Journal;

namespace Qama.Tool.Journals;

/// <summary>What was submitted, and what came of it.</summary>
/// <param name="Days">Submissions by day (UTC) and caller.</param>
/// <param name="Machines">Tasks by machine.</param>
internal sealed record JournalSummary(
    IReadOnlyList<(DateOnly Day, string Caller, int Submissions)> Days, IReadOnlyList<MachineSummary> Machines)
{
    /// <summary>All submissions, those of tasks that came to nothing included.</summary>
    public int Submissions => Days.Sum(d => d.Submissions);

    /// <summary>Sums up a journal.</summary>
    /// <exception cref="CimJournalException">It cannot be read.</exception>
    public static async Task<JournalSummary> OfAsync(CimJournal journal)
    {
        IReadOnlyList<JournalEntry> entries = await journal.ListAsync().ConfigureAwait(false);
        var days = await journal.SubmissionsByDayAsync().ConfigureAwait(false);
        return new(days, [.. entries.GroupBy(e => e.Machine, StringComparer.Ordinal).Select(g =>
            MachineSummary.Of(g.Key, [.. g]))]);
    }
}

/// <summary>Tasks of a machine.</summary>
/// <param name="Machine">Its name.</param>
/// <param name="Tasks">Tasks.</param>
/// <param name="Submissions">Submissions of them.</param>
/// <param name="Done">Tasks with a result.</param>
/// <param name="Hours">Time between submission and end of those, waiting included, summed.</param>
internal sealed record MachineSummary(string Machine, int Tasks, int Submissions, int Done, double Hours)
{
    /// <summary>Sums up the tasks of a machine.</summary>
    public static MachineSummary Of(string machine, IReadOnlyList<JournalEntry> entries)
    {
        JournalEntry[] done = [.. entries.Where(e => e.State == JournalState.Done)];
        return new(machine, entries.Count, entries.Sum(e => e.Submissions), done.Length,
            done.Sum(e => Duration(e)?.TotalHours ?? 0));
    }

    /// <summary>The time between the last submission of a task and its end; null where either is not known.</summary>
    public static TimeSpan? Duration(JournalEntry entry) =>
        entry is { SubmittedAt: { } from, FinishedAt: { } to } && to >= from ? to - from : null;
}
