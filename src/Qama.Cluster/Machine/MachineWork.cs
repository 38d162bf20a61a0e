using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>Journal, queue and machine of an account: what its owner does, without the cluster.</summary>
internal sealed partial class MachineWork : IAsyncDisposable
{
    private static readonly TimeSpan _rest = TimeSpan.FromMinutes(1);
    private readonly string _account;
    private readonly MachineOptions _options;
    private readonly CimJournal _journal;
    private readonly ICimTransport _transport;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TaskRunner _runner;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly FairQueue<Request> _queue = new();
    private readonly Dictionary<Guid, (Outcome Outcome, long At)> _past = [];
    private readonly Dictionary<string, long> _resting = new(StringComparer.Ordinal); // tasks that could not be continued just now
    private readonly HashSet<Job> _started = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _looking = Task.CompletedTask;
    private CancellationTokenRegistration _stopping;

    private MachineWork(
        string account, MachineOptions options, CimJournal journal, ICimTransport transport, ILogger logger, TimeProvider time)
    {
        (_account, _options, _journal, _transport, _logger, _time) = (account, options, journal, transport, logger, time);
        _runner = new TaskRunner(journal, transport, options.Running, logger, time);
    }

    /// <summary>Tells owners apart.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Whether nothing is begun here any more: another owner has taken the journal over, or the silo stops.</summary>
    public bool IsOver => _journal.IsReplaced || _over.Task.IsCompleted;

    /// <summary>Begins with what is at the machine according to the journal. Journal and transport are disposed of with this.</summary>
    /// <exception cref="CimJournalException">The journal cannot be read.</exception>
    public static async Task<MachineWork> StartAsync(
        string account, MachineOptions options, CimJournal journal, ICimTransport transport, ILogger logger, TimeProvider time)
    {
        var work = new MachineWork(account, options, journal, transport, logger, time);
        await work.ContinueAsync().ConfigureAwait(false);
        work._looking = Task.Run(work.LookAsync);
        return work;
    }

    /// <summary>Takes a task, or says how it stands; waits for its end for a while.</summary>
    /// <exception cref="ArgumentException">It is no task of this machine, or its matrix is not that of its key.</exception>
    public async Task<MachineReply> RunAsync(MachineRequest request)
    {
        MachineTask task = Check(request);
        Job? job = Join(request, out Outcome? past);
        if (past is not null)
        {
            return Reply(past, job);
        }

        if (job is null)
        {
            try
            {
                (job, MachineReply? reply) = await TakeAsync(request, task).ConfigureAwait(false);
                if (job is null)
                {
                    return reply!;
                }
            }
            catch (CimJournalException e)
            {
                return Reply(new Outcome(null, e, false), null);
            }
        }

        Task ended = Task.WhenAny(job.End.Task, _over.Task);
        await ended.WaitAsync(_options.LongPoll, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return job.End.Task.IsCompletedSuccessfully
            ? Reply((await job.End.Task.ConfigureAwait(false)).For(request.Id), job)
            : new MachineReply { Kind = _over.Task.IsCompleted ? ReplyKind.Elsewhere : ReplyKind.Waiting, Owner = Id, State = job.State };
    }

    /// <summary>Gives up when the silo stops: calls that wait would hold up its end.</summary>
    public void GiveUpWhen(CancellationToken stopping) => _stopping = stopping.Register(GiveUp);

    /// <summary>Whoever waits looks for another owner.</summary>
    public void GiveUp()
    {
        if (_over.TrySetResult() && _journal.IsReplaced)
        {
            MachineLog.Replaced(_logger, _account);
        }
    }

    /// <summary>A request whose caller does not wait any more: what has not left leaves the queue.</summary>
    public void Leave(Guid request, string key)
    {
        lock (_gate)
        {
            if (_jobs.TryGetValue(key, out Job? job) && job.Requests.Find(r => r.Id == request) is { } found)
            {
                Drop(found);
            }
        }
    }

    /// <summary>Takes a task out of the queue, whoever waits; false where it is not there.</summary>
    public bool Cancel(string key)
    {
        Job? job;
        lock (_gate)
        {
            if (!_jobs.TryGetValue(key, out job) || job.HasStarted)
            {
                return false;
            }

            foreach (Request request in job.Requests.ToArray())
            {
                Drop(request, isKept: true);
            }

            End(job, new Outcome(null, new CimNotAcceptedException("It was taken out of the queue before it left."), false));
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        _over.TrySetResult();
        await _looking.ConfigureAwait(false);
        Task[] running;
        lock (_gate)
        {
            MachineMetrics.Queued.Add(-_queue.Count, Tag);
            running = [.. _started.Select(j => j.Running)];
        }

        // A submission that has begun is brought to its end.
        await Task.WhenAll(running).ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private KeyValuePair<string, object?> Tag => new("account", _account);

    private MachineTask Check(MachineRequest request)
    {
        MachineTask task = request.Task.ToTask();
        MachineNames.CheckCaller(request.Caller);
        if (task.Problem() is { } problem)
        {
            throw new ArgumentException($"It is no task: {problem}.", nameof(request));
        }

        CimMachine machine = _options.Machine;
        if (task.Machine != machine.Name || request.Task.Bits != machine.Limits.Bits || task.SpinCount > machine.Limits.Spins)
        {
            throw new ArgumentException(
                $"Expected a task for {machine.Name}, at most {machine.Limits.Spins} spins of {machine.Limits.Bits} bits; "
                + $"{task.Name} is for {task.Machine}, {task.SpinCount} spins of {request.Task.Bits} bits.", nameof(request));
        }

        return task;
    }

    // The request's job by what the journal knows, or the reply without one.
    private async Task<(Job? Job, MachineReply? Reply)> TakeAsync(MachineRequest request, MachineTask task)
    {
        JournalEntry? known = await _journal.KnownAsync(task).ConfigureAwait(false);
        if (known?.State == JournalState.Submitted)
        {
            // By another owner, or by a request that came just now, or nobody knows: to write tells.
            known = await _journal.PrepareAsync(task).ConfigureAwait(false);
            if (Join(request, out _) is { } present)
            {
                return (present, null);
            }
        }

        if (_journal.IsReplaced)
        {
            GiveUp();
            return (null, new MachineReply { Kind = ReplyKind.Elsewhere, Owner = Id });
        }

        bool isAgain = known is not null && TaskRunner.Again(
            request.ResubmitFailed, request.ResubmitUnknown, _transport.SubmissionIsRepeatable).Contains(known.State);
        return known?.State switch
        {
            JournalState.Running when !isAgain => (Continue(known, request), null),
            not (null or JournalState.Prepared) when !isAgain => (null, Reply(new Outcome(known, null, false), null)),
            _ when request.Matrix is null => (null, new MachineReply { Kind = ReplyKind.NeedsMatrix, Owner = Id }),
            _ => (Add(request, task), null),
        };
    }

    // The job of the request's task with the request in it, or null for none; or how it ended for this request.
    private Job? Join(MachineRequest request, out Outcome? past)
    {
        lock (_gate)
        {
            past = _past.TryGetValue(request.Id, out (Outcome Outcome, long) found) ? found.Outcome : null;
            Job? job = past is null ? _jobs.GetValueOrDefault(request.Task.Key) : null;
            if (job is not null)
            {
                Join(job, request);
            }

            return job;
        }
    }

    private void Join(Job job, MachineRequest request)
    {
        Request? known = job.Requests.Find(r => r.Id == request.Id);
        if (known is null)
        {
            known = new Request(request, job) { CreatedAt = _time.GetTimestamp() };
            job.Requests.Add(known);
            if (!job.HasStarted)
            {
                _queue.Add(request.Caller, request.Priority, known);
                MachineMetrics.Queued.Add(1, Tag);
            }
        }

        known.AskedAt = _time.GetTimestamp();
    }

    private Job Add(MachineRequest request, MachineTask task)
    {
        // The store is everybody's: a result under a key is that of the key's content.
        byte[] packed = request.Matrix!;
        CheckKey(request.Task, packed);
        lock (_gate)
        {
            if (!_jobs.TryGetValue(task.Key, out Job? job))
            {
                job = new Job(task)
                {
                    Write = matrix => CompactMatrix.Unpack(packed, task.Form, task.SpinCount, request.Task.Bits, matrix),
                };
                _jobs[task.Key] = job;
            }

            Join(job, request);
            Pump();
            return job;
        }
    }

    private static void CheckKey(TaskDescription task, byte[] packed)
    {
        int length = CompactMatrix.Length(task.Form, task.SpinCount, task.Bits);
        if (packed.Length != length)
        {
            throw new ArgumentException($"Expected {length} bytes of {task.Name}'s matrix, got {packed.Length}.", nameof(packed));
        }

        int n = task.ToTask().MatrixSize;
        int[] memory = ArrayPool<int>.Shared.Rent(n * n);
        try
        {
            Span<int> matrix = memory.AsSpan(0, n * n);
            CompactMatrix.Unpack(packed, task.Form, task.SpinCount, task.Bits, matrix);
            if (MachineTask.KeyOf(matrix, task.Machine, task.Bits, task.Form, task.SpinCount, task.Repetition) != task.Key)
            {
                throw new ArgumentException($"The matrix of {task.Name} is not that of its key.", nameof(packed));
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(memory);
        }
    }

    // Whose turn it is, as long as the machine has places.
    private void Pump()
    {
        while (_started.Count < _options.MaxConcurrentTasks && !_stop.IsCancellationRequested && !IsOver && _queue.Take() is { } next)
        {
            MachineMetrics.Queued.Add(-1, Tag);
            foreach (Request other in next.Job.Requests.Where(r => r != next))
            {
                MachineMetrics.Queued.Add(_queue.Remove(other.Caller, other.Priority, other) ? -1 : 0, Tag);
            }

            MachineMetrics.Wait.Record(_time.GetElapsedTime(next.CreatedAt).TotalSeconds, Tag);
            Start(next.Job, next);
        }
    }

    private void Start(Job job, Request? payer)
    {
        (job.HasStarted, job.Payer) = (true, payer);
        _started.Add(job);
        MachineMetrics.Running.Add(1, Tag);
        job.Running = Task.Run(() => RunJobAsync(job));
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, whoever waits is told, and others go on.")]
    private async Task RunJobAsync(Job job)
    {
        bool isSubmitted = false;
        Outcome outcome;
        TaskOrder order = Order(job);
        using Activity? activity = ClusterDiagnostics.Activities.StartActivity("machine task");
        activity?.SetTag("qama.machine.account", _account).SetTag("qama.machine.caller", order.Limits.Caller).SetTag("qama.cim.task", job.Task.Name);
        try
        {
            JournalEntry entry = await _runner.RunAsync(order, Changed, _stop.Token).ConfigureAwait(false);
            outcome = new Outcome(entry, null, isSubmitted);
        }
        catch (Exception e)
        {
            bool isOver = _journal.IsReplaced || _stop.IsCancellationRequested;
            bool isFree = e is CimNotAcceptedException or CimConfigurationException or OperationCanceledException;
            outcome = new Outcome(await FindAsync(job.Task.Key).ConfigureAwait(false), isOver ? null : e, isSubmitted && !isFree)
            {
                IsElsewhere = isOver,
            };
            if (!isOver)
            {
                MachineLog.Failed(_logger, job.Task.Name, e.GetType().Name);
            }
        }

        lock (_gate)
        {
            _started.Remove(job);
            MachineMetrics.Running.Add(-1, Tag);
            if (outcome.Entry?.State == JournalState.Running)
            {
                _resting[job.Task.Key] = _time.GetTimestamp();
            }

            End(job, outcome with { Payer = job.Payer?.Id });
            Pump();
        }

        if (_journal.IsReplaced)
        {
            GiveUp();
        }

        void Changed(JournalState state)
        {
            job.State = state;
            if (state == JournalState.Submitted)
            {
                isSubmitted = true;
                MachineMetrics.Submissions.Add(1, Tag, new("caller", order.Limits.Caller));
            }
        }
    }

    private TaskOrder Order(Job job)
    {
        lock (_gate)
        {
            int?[] limits = [_options.MaxTasksPerDay, job.Payer?.Sent.MaxTasksPerDay];
            return new TaskOrder(
                job.Task, job.Write, job.Requests.Exists(r => r.Sent.ResubmitFailed), job.Requests.Exists(r => r.Sent.ResubmitUnknown),
                new SubmissionLimits(limits.Min(), job.Payer?.Caller ?? "", job.Payer is null ? null : _options.MaxTasksPerDayPerCaller));
        }
    }

    private async Task<JournalEntry?> FindAsync(string key)
    {
        try
        {
            return await _journal.FindAsync(key).ConfigureAwait(false);
        }
        catch (CimJournalException)
        {
            return null; // the error that there was says more
        }
    }

    // What a request that comes back is told: the reply may have been lost on the way.
    private void End(Job job, Outcome outcome)
    {
        _jobs.Remove(job.Task.Key);
        foreach (Request request in outcome.IsElsewhere ? [] : job.Requests)
        {
            _past[request.Id] = (outcome.For(request.Id), _time.GetTimestamp());
        }

        job.End.TrySetResult(outcome);
    }

    private void Drop(Request request, bool isKept = false)
    {
        if (_queue.Remove(request.Caller, request.Priority, request))
        {
            MachineMetrics.Queued.Add(-1, Tag);
        }

        Job job = request.Job;
        if (!job.HasStarted && !isKept)
        {
            job.Requests.Remove(request);
            if (job.Requests.Count == 0)
            {
                _jobs.Remove(job.Task.Key);
            }
        }
    }

    private MachineReply Reply(Outcome outcome, Job? job) => new()
    {
        Kind = outcome.IsElsewhere ? ReplyKind.Elsewhere : outcome.Error is null ? ReplyKind.Ended : ReplyKind.Failed,
        Owner = Id,
        State = outcome.Entry?.State ?? job?.State ?? JournalState.Prepared,
        Entry = outcome.Entry is null ? null : StoredTask.Of(outcome.Entry),
        Error = outcome.Error is null ? null : MachineError.Of(outcome.Error),
        IsSubmitted = outcome.IsSubmitted,
    };
}
