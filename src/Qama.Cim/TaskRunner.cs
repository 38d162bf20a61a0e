using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cim;

/// <summary>Takes one task from its receipt to its result.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class TaskRunner(
    CimJournal journal, ICimTransport transport, CimSamplerOptions options, ILogger logger, TimeProvider time)
{
    private readonly SemaphoreSlim _places = new(options.MaxConcurrentTasks, options.MaxConcurrentTasks);
    private readonly JournalState[] _again =
    [
        .. options.ResubmitFailed ? [JournalState.Failed] : Array.Empty<JournalState>(),
        .. options.ResubmitUnknown || transport.SubmissionIsRepeatable ? [JournalState.Unknown] : Array.Empty<JournalState>(),
        .. transport.SubmissionIsRepeatable ? [JournalState.Running] : Array.Empty<JournalState>(),
    ];

    private int _submissions;

    public int Submissions => Volatile.Read(ref _submissions);

    /// <summary>Whether a task in this state would be submitted.</summary>
    public bool WouldSubmit(JournalEntry? entry) =>
        entry is null || entry.State == JournalState.Prepared || (_again.Contains(entry.State) && !IsAttached(entry));

    /// <summary>Runs a task; ends with its entry in the journal.</summary>
    /// <param name="planned">The task.</param>
    /// <param name="changed">Told about new states.</param>
    /// <param name="cancellationToken">Stops between steps. A submission that has begun is always brought to its end.</param>
    /// <exception cref="CimException">There is no result at present; the journal says why.</exception>
    public async Task<JournalEntry> RunAsync(PlannedTask planned, Action<JournalState> changed, CancellationToken cancellationToken)
    {
        MachineTask task = planned.Task;
        JournalEntry entry = await journal.PrepareAsync(task).ConfigureAwait(false);
        if (entry.State is JournalState.Done)
        {
            return entry;
        }

        if (entry.State is JournalState.Failed or JournalState.Unknown && !_again.Contains(entry.State))
        {
            return entry;
        }

        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using Activity? activity = CimDiagnostics.Activities.StartActivity("cim task");
            activity?.SetTag("qama.cim.task", task.Name).SetTag("qama.cim.spins", task.SpinCount);
            long start = time.GetTimestamp();
            string? id = entry.State == JournalState.Running && !transport.SubmissionIsRepeatable ? entry.TaskId : null;
            if (id is null)
            {
                id = await SubmitAsync(planned, entry, changed, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                logger.Continued(task.Name, id);
            }

            if (id is not null)
            {
                changed(JournalState.Running);
                await FinishAsync(task, id, start, cancellationToken).ConfigureAwait(false);
            }

            entry = await journal.FindAsync(task.Key).ConfigureAwait(false)
                ?? throw new CimJournalException($"The journal lost task {task.Name}.");
            string state = entry.State.ToString();
            activity?.SetTag("qama.cim.state", state);
            CimDiagnostics.Ends.Add(1, new KeyValuePair<string, object?>("state", state));
            CimDiagnostics.Duration.Record(time.GetElapsedTime(start).TotalSeconds);
            return entry;
        }
        finally
        {
            _places.Release();
        }
    }

    private bool IsAttached(JournalEntry entry) => transport.SubmissionIsRepeatable && entry.State != JournalState.Failed;

    // Returns the id, or null when the task ended here; the journal says how.
    private async Task<string?> SubmitAsync(
        PlannedTask planned, JournalEntry entry, Action<JournalState> changed, CancellationToken cancellationToken)
    {
        MachineTask task = planned.Task;
        cancellationToken.ThrowIfCancellationRequested();
        bool isNew = !IsAttached(entry) || entry.State == JournalState.Prepared;
        if (isNew && Interlocked.Increment(ref _submissions) > options.MaxTasksPerRun)
        {
            Interlocked.Decrement(ref _submissions);
            throw new CimBudgetException($"The limit of {options.MaxTasksPerRun} tasks a run is reached. {task.Name} was not submitted.");
        }

        int n = task.MatrixSize;
        int[] matrix = ArrayPool<int>.Shared.Rent(n * n);
        bool isClaimed = false;
        bool hasLeft = false;
        string id;
        try
        {
            planned.Content.WriteMatrix(task.Form, options.Machine.Limits.Bits, matrix.AsSpan(0, n * n));
            if (!matrix.AsSpan(0, n * n).ContainsAnyExcept(0))
            {
                throw new CimConfigurationException("Every coefficient was rounded to zero: there is nothing to pay a machine for.");
            }

            isClaimed = await journal.ClaimAsync(task.Key, _again, isNew ? options.MaxTasksPerDay : null).ConfigureAwait(false);
            if (!isClaimed)
            {
                Interlocked.Add(ref _submissions, isNew ? -1 : 0);
                return null; // another state meanwhile
            }

            changed(JournalState.Submitted);
            logger.Leaving(task.Name, task.SpinCount, task.Machine, transport.Name);
            CimDiagnostics.Submissions.Add(1);
            hasLeft = true;
            id = await transport.SubmitAsync(task, matrix.AsMemory(0, n * n), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (
            isClaimed && (!hasLeft || e is CimNotAcceptedException or CimConfigurationException or OperationCanceledException))
        {
            JournalState before = entry.State is JournalState.Failed or JournalState.Unknown ? entry.State : JournalState.Prepared;
            string kept = before == JournalState.Prepared ? e.Message : entry.Reason;
            await journal.ReleaseAsync(task.Key, kept, before).ConfigureAwait(false);
            Interlocked.Add(ref _submissions, isNew ? -1 : 0);
            logger.NotAccepted(task.Name, e.Message);
            throw;
        }
        catch (CimRefusedException e) when (hasLeft)
        {
            await journal.EndAsync(task.Key, JournalState.Failed, e.Message).ConfigureAwait(false);
            logger.Failed(task.Name, e.Message);
            return null;
        }
        catch (Exception e) when (hasLeft)
        {
            string reason = e is CimException ? e.Message : $"{e.GetType().Name} during submission";
            await journal.EndAsync(task.Key, JournalState.Unknown, reason).ConfigureAwait(false);
            logger.Unknown(task.Name, reason);
            return null;
        }
        catch (Exception) when (!isClaimed && isNew)
        {
            Interlocked.Decrement(ref _submissions);
            throw;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(matrix);
        }

        await journal.AcceptAsync(task.Key, id).ConfigureAwait(false);
        logger.Accepted(task.Name, id);
        return id;
    }

    private async Task FinishAsync(MachineTask task, string id, long start, CancellationToken cancellationToken)
    {
        TimeSpan interval = options.PollInterval;
        while (true)
        {
            MachineAnswer answer = await transport.QueryAsync(task, id, cancellationToken).ConfigureAwait(false);
            if (answer.State == MachineState.Done)
            {
                if (answer.Problem(task.SpinCount) is { } problem)
                {
                    throw new CimAnswerException($"What {transport.Name} gives is no answer of {task.Name}: {problem}.");
                }

                await journal.CompleteAsync(task.Key, answer).ConfigureAwait(false);
                logger.Done(task.Name, answer.Rows.Count);
                return;
            }

            if (answer.State == MachineState.Failed)
            {
                await journal.EndAsync(task.Key, JournalState.Failed, answer.Reason).ConfigureAwait(false);
                logger.Failed(task.Name, answer.Reason);
                return;
            }

            if (time.GetElapsedTime(start) + interval > options.TaskTimeout)
            {
                throw new CimNotFinishedException(
                    $"It is not finished after {options.TaskTimeout.TotalSeconds:0.###} s. It goes on; run again to continue.");
            }

            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
            interval = TimeSpan.FromTicks(Math.Min((long)(interval.Ticks * 1.5), options.MaxPollInterval.Ticks));
        }
    }
}
