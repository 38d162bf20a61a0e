using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Tool.Journals;

/// <summary>Asks a machine for the answers of tasks that a journal knows to be running. Nothing is submitted.</summary>
internal static class JournalResume
{
    /// <summary>Asks for all of them.</summary>
    /// <param name="journal">The journal; receives what is answered.</param>
    /// <param name="transport">The way to the machine.</param>
    /// <param name="wait">How long a task that is not finished is asked for again.</param>
    /// <param name="told">Told of each task once it is known how it is, and of what went wrong on the way, or
    /// null.</param>
    /// <param name="stop">Stops between two questions.</param>
    /// <returns>The number of tasks that something went wrong with.</returns>
    /// <exception cref="CimJournalException">The journal cannot be used.</exception>
    public static async Task<int> RunAsync(
        CimJournal journal, ICimTransport transport, TimeSpan wait, Action<JournalEntry, string?> told,
            CancellationToken stop)
    {
        var options = new CimSamplerOptions { TaskTimeout = wait };
        var runner = new TaskRunner(journal, transport, options, NullLogger.Instance, TimeProvider.System);
        IReadOnlyList<JournalEntry> running = await journal.ListInAsync(JournalState.Running).ConfigureAwait(false);
        int wrong = 0;
        await Parallel.ForEachAsync(
            running, new ParallelOptions
            {
                MaxDegreeOfParallelism = options.MaxConcurrentTasks,
                CancellationToken = stop
            },
            async (entry, cancellation) =>
            {
                var task = new MachineTask
                {
                    Key = entry.Key, Name = entry.Name, Machine = entry.Machine, Form = entry.Form,
                    SpinCount = entry.SpinCount,
                };
                var order = new TaskOrder(task, null, ResubmitFailed: false, ResubmitUnknown: false,
                    new SubmissionLimits(null));
                string? problem = null;
                try
                {
                    entry = await runner.RunAsync(order, _ => { }, cancellation).ConfigureAwait(false);
                }
                catch (CimNotFinishedException)
                {
                    // It goes on; the next time asks again.
                }
                catch (CimException e) when (e is not CimJournalException)
                {
                    Interlocked.Increment(ref wrong);
                    problem = e.Message;
                }

                lock (running)
                {
                    told(entry, problem);
                }
            }).ConfigureAwait(false);
        return wrong;
    }
}
