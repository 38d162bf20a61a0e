using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Cluster.Members;

namespace Qama.Cluster.Machine;

/// <summary>A desk that is the owner's of a machine account, wherever it is at present.</summary>
internal sealed class OwnerDesk(IMachineDesk owner, string account, ClusterCimOptions options, TimeProvider time) : ITaskDesk
{
    private const int TasksAtATime = 256;
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);
    private volatile MachineTerms? _terms;
    private int _submissions;

    /// <inheritdoc/>
    public string Transport => $"machine account {account}, {_terms?.Transport}";

    /// <inheritdoc/>
    public int Submissions => Volatile.Read(ref _submissions);

    private CimSamplerOptions Sampling => options.Sampling;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalEntry?>> KnownAsync(IReadOnlyList<MachineTask> tasks, CancellationToken cancellationToken)
    {
        _terms ??= await CallAsync(() => owner.TermsAsync(options.Caller), cancellationToken).ConfigureAwait(false);
        var known = new List<JournalEntry?>();
        foreach (MachineTask[] part in tasks.Chunk(TasksAtATime))
        {
            TaskDescription[] asked = [.. part.Select(Describe)];
            StoredTask?[] found = await CallAsync(() => owner.KnownAsync(asked), cancellationToken).ConfigureAwait(false);
            known.AddRange(found.Select(f => f?.ToEntry()));
        }

        return known;
    }

    /// <inheritdoc/>
    public async Task<JournalEntry?> FindAsync(MachineTask task, CancellationToken cancellationToken)
    {
        try
        {
            return (await owner.KnownAsync([Describe(task)]).WaitAsync(cancellationToken).ConfigureAwait(false))[0]?.ToEntry();
        }
        catch (Exception e) when (PatientCalls.IsPassing(e) || e is CimException)
        {
            return null; // the error that there was says more
        }
    }

    /// <inheritdoc/>
    public bool WouldSubmit(JournalEntry? entry) =>
        TaskRunner.WouldSubmit(entry, Sampling.ResubmitFailed, Sampling.ResubmitUnknown, _terms?.IsRepeatable == true);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DayLimit>> LimitsAsync(CancellationToken cancellationToken)
    {
        MachineTerms terms = await CallAsync(() => owner.TermsAsync(options.Caller), cancellationToken).ConfigureAwait(false);
        return
        [
            .. Sampling.MaxTasksPerDay is int own ? [new DayLimit(own, terms.SubmittedToday)] : Array.Empty<DayLimit>(),
            .. terms.Limits.Select(l => new DayLimit(l.Most, l.Submitted, l.Caller)),
        ];
    }

    /// <inheritdoc/>
    public async Task<JournalEntry> RunAsync(PlannedTask planned, Action<JournalState> changed, CancellationToken cancellationToken)
    {
        var request = new MachineRequest
        {
            Id = Guid.NewGuid(),
            Caller = options.Caller,
            Priority = options.Priority,
            Task = Describe(planned.Task),
            ResubmitFailed = Sampling.ResubmitFailed,
            ResubmitUnknown = Sampling.ResubmitUnknown,
            MaxTasksPerDay = Sampling.MaxTasksPerDay,
        };
        Guid? handedTo = null; // the owner that has the matrix
        bool isReserved = false; // of this run's limit
        bool isKept = false;
        bool needsMatrix = false;
        long? leftAt = null;
        long silentSince = time.GetTimestamp();
        JournalState state = JournalState.Prepared;
        try
        {
            while (true)
            {
                MachineRequest sent = needsMatrix
                    ? request with { Matrix = CompactMatrix.Pack(planned.Content, planned.Task.Form, Sampling.Machine.Limits.Bits) } : request;
                MachineReply reply = await CallAsync(() => owner.RunAsync(sent), cancellationToken).ConfigureAwait(false);
                needsMatrix = reply.Kind == ReplyKind.NeedsMatrix;
                silentSince = reply.Kind == ReplyKind.Elsewhere ? silentSince : time.GetTimestamp();
                switch (reply.Kind)
                {
                    case ReplyKind.Elsewhere:
                        ThrowAfter(silentSince, null);
                        await Task.Delay(_firstPause, time, cancellationToken).ConfigureAwait(false);
                        break;
                    case ReplyKind.NeedsMatrix:
                        Reserve(planned.Task, ref isReserved);

                        // Whether the owner before this one submitted it for this run nobody can tell.
                        isKept |= handedTo is { } before && before != reply.Owner;
                        handedTo = reply.Owner;
                        break;
                    case ReplyKind.Waiting:
                        if (reply.State != state)
                        {
                            state = reply.State;
                            changed(state);
                        }

                        leftAt ??= state == JournalState.Prepared ? null : time.GetTimestamp();
                        if (leftAt is long left && time.GetElapsedTime(left) > Sampling.TaskTimeout)
                        {
                            isKept = true;
                            throw new CimNotFinishedException(
                                $"It is not finished after {Sampling.TaskTimeout.TotalSeconds:0.###} s. It goes on; run again to continue.");
                        }

                        break;
                    default:
                        isKept |= reply.IsSubmitted || (handedTo is { } given && given != reply.Owner);
                        return reply.Error is null ? reply.Entry!.ToEntry() : throw reply.Error.ToException();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            isKept |= state != JournalState.Prepared;
            _ = owner.LeaveAsync(request.Id, request.Task.Key).ContinueWith(
                t => t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
        finally
        {
            Interlocked.Add(ref _submissions, isReserved && !isKept ? -1 : 0);
        }
    }

    private TaskDescription Describe(MachineTask task) => new(
        task.Key, task.Name, task.Machine, task.Form, task.SpinCount, Sampling.Machine.Limits.Bits, Sampling.Repetition);

    private void Reserve(MachineTask task, ref bool isReserved)
    {
        if (!isReserved && Interlocked.Increment(ref _submissions) > Sampling.MaxTasksPerRun)
        {
            Interlocked.Decrement(ref _submissions);
            throw new CimBudgetException($"The limit of {Sampling.MaxTasksPerRun} tasks a run is reached. {task.Name} was not submitted.");
        }

        isReserved = true;
    }

    // A server may be gone at any time: the owner is looked for until another has it.
    private async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan pause = _firstPause;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PatientCalls.IsPassing(e))
            {
                ThrowAfter(start, e);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _longestPause.Ticks));
        }
    }

    private void ThrowAfter(long since, Exception? cause)
    {
        if (time.GetElapsedTime(since) > options.OwnerTimeout)
        {
            throw new CimNotFinishedException(
                $"The owner of machine account {account} has not answered for {options.OwnerTimeout.TotalSeconds:0.###} s. "
                + "What was handed in goes on; run again to continue.", cause);
        }
    }
}
