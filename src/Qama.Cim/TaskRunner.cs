using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cim;

/// <summary>Writes a task's matrix: MatrixSize² integers, row-major.</summary>
internal delegate void MatrixWriter(Span<int> destination);

/// <summary>A task and what whoever asks for it wants.</summary>
/// <param name="Task">The task.</param>
/// <param name="Write">Writes its matrix; null to continue it without.</param>
/// <param name="ResubmitFailed">See <see cref="CimSamplerOptions.ResubmitFailed"/>.</param>
/// <param name="ResubmitUnknown">See <see cref="CimSamplerOptions.ResubmitUnknown"/>.</param>
/// <param name="Limits">Who asks, and what may be spent in a day.</param>
internal sealed record TaskOrder(
    MachineTask Task, MatrixWriter? Write, bool ResubmitFailed, bool ResubmitUnknown, SubmissionLimits Limits)
{
    /// <summary>The task of a plan.</summary>
    public static TaskOrder Of(PlannedTask planned, CimSamplerOptions options, SubmissionLimits limits) => new(
        planned.Task, matrix => planned.Content.WriteMatrix(planned.Task.Form, options.Machine.Limits.Bits, matrix),
        options.ResubmitFailed, options.ResubmitUnknown, limits);
}

/// <summary>Takes one task from its receipt to its result.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class TaskRunner(
    CimJournal journal, ICimTransport transport, CimSamplerOptions options, ILogger logger, TimeProvider time)
{
    private readonly SemaphoreSlim _places = new(options.MaxConcurrentTasks, options.MaxConcurrentTasks);
    private int _submissions;

    public int Submissions => Volatile.Read(ref _submissions);

    /// <summary>Whether a task in this state would be submitted.</summary>
    public static bool WouldSubmit(JournalEntry? entry, bool resubmitFailed, bool resubmitUnknown, bool isRepeatable) =>
        entry is null || entry.State == JournalState.Prepared
        || (Again(resubmitFailed, resubmitUnknown, isRepeatable).Contains(entry.State) && !IsAttached(entry, isRepeatable));

    /// <summary>Runs a task; ends with its entry in the journal.</summary>
    /// <param name="order">The task.</param>
    /// <param name="changed">Told about new states.</param>
    /// <param name="cancellationToken">Stops between steps. A submission that has begun is always brought to its end.</param>
    /// <exception cref="CimException">There is no result at present; the journal says why.</exception>
    public async Task<JournalEntry> RunAsync(TaskOrder order, Action<JournalState> changed, CancellationToken cancellationToken)
    {
        MachineTask task = order.Task;
        JournalState[] again = Again(order.ResubmitFailed, order.ResubmitUnknown, transport.SubmissionIsRepeatable);
        JournalEntry entry = await journal.PrepareAsync(task).ConfigureAwait(false);
        if (entry.State is JournalState.Done)
        {
            return entry;
        }

        if (entry.State is JournalState.Failed or JournalState.Unknown && !again.Contains(entry.State))
        {
            return entry;
        }

        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using Activity? activity = CimDiagnostics.Activities.StartActivity("cim task");
            activity?.SetTag("qama.cim.task", task.Name).SetTag("qama.cim.spins", task.SpinCount);
            long start = time.GetTimestamp();
            string? id = entry.State == JournalState.Running && (!transport.SubmissionIsRepeatable || order.Write is null) ? entry.TaskId : null;
            if (id is null && order.Write is null)
            {
                return entry; // another state meanwhile
            }

            if (id is null)
            {
                id = await SubmitAsync(order, again, entry, changed, cancellationToken).ConfigureAwait(false);
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

    /// <summary>States, besides prepared, from which a task may leave.</summary>
    public static JournalState[] Again(bool resubmitFailed, bool resubmitUnknown, bool isRepeatable) =>
    [
        .. resubmitFailed ? [JournalState.Failed] : Array.Empty<JournalState>(),
        .. resubmitUnknown || isRepeatable ? [JournalState.Unknown] : Array.Empty<JournalState>(),
        .. isRepeatable ? [JournalState.Running] : Array.Empty<JournalState>(),
    ];

    private static bool IsAttached(JournalEntry entry, bool isRepeatable) => isRepeatable && entry.State != JournalState.Failed;

    // Returns the id, or null when the task ended here; the journal says how.
    private async Task<string?> SubmitAsync(
        TaskOrder order, JournalState[] again, JournalEntry entry, Action<JournalState> changed, CancellationToken cancellationToken)
    {
        MachineTask task = order.Task;
        cancellationToken.ThrowIfCancellationRequested();
        bool isNew = !IsAttached(entry, transport.SubmissionIsRepeatable) || entry.State == JournalState.Prepared;
        if (isNew && Interlocked.Increment(ref _submissions) > options.MaxTasksPerRun)
        {
            Interlocked.Decrement(ref _submissions);
            throw new CimBudgetException($"The limit of tasks a run, {options.MaxTasksPerRun}, is reached. {task.Name} was not submitted.");
        }

        int n = task.MatrixSize;
        int[] matrix = ArrayPool<int>.Shared.Rent(n * n);
        bool isClaimed = false;
        bool hasLeft = false;
        string id;
        try
        {
            order.Write!(matrix.AsSpan(0, n * n));
            if (!matrix.AsSpan(0, n * n).ContainsAnyExcept(0))
            {
                throw new CimConfigurationException("Every coefficient was rounded to zero: there is nothing to pay a machine for.");
            }

            isClaimed = await journal.ClaimAsync(
                task.Key, again, isNew ? order.Limits : new SubmissionLimits(null, order.Limits.Caller)).ConfigureAwait(false);
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
