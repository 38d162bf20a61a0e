using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>What happens without a caller: tasks go on that nobody waits for, callers that are gone are forgotten; and what can be
/// seen.</summary>
internal sealed partial class MachineWork
{
    /// <summary>Transport and limits, for a caller.</summary>
    public async Task<MachineTerms> TermsAsync(string caller)
    {
        MachineNames.CheckCaller(caller);
        int today = await _journal.SubmittedTodayAsync().ConfigureAwait(false);
        var limits = new List<StoredLimit>();
        if (_options.MaxTasksPerDay is int perDay)
        {
            limits.Add(new StoredLimit(perDay, today, ""));
        }

        if (_options.MaxTasksPerDayPerCaller is int each)
        {
            IReadOnlyDictionary<string, int> spent = await _journal.SubmittedTodayByCallerAsync().ConfigureAwait(false);
            limits.Add(new StoredLimit(each, spent.GetValueOrDefault(caller), caller));
        }

        return new MachineTerms
        {
            Transport = _transport.Name, IsRepeatable = _transport.SubmissionIsRepeatable, SubmittedToday = today, Limits = limits,
        };
    }

    /// <summary>What the journal knows of tasks.</summary>
    public async Task<StoredTask?[]> KnownAsync(IEnumerable<TaskDescription> tasks)
    {
        JournalEntry?[] found = await Task.WhenAll(tasks.Select(t => _journal.KnownAsync(t.ToTask()))).ConfigureAwait(false);
        return [.. found.Select(e => e is null ? null : StoredTask.Of(e))];
    }

    /// <summary>See <see cref="IMachineOwner.StatusAsync"/>.</summary>
    public async Task<MachineStatus> StatusAsync()
    {
        int today = await _journal.SubmittedTodayAsync().ConfigureAwait(false);
        lock (_gate)
        {
            return new MachineStatus
            {
                Account = _account,
                Transport = _transport.Name,
                Queued = _jobs.Values.Count(j => !j.HasStarted),
                Running = _started.Count,
                MaxConcurrentTasks = _options.MaxConcurrentTasks,
                SubmittedToday = today,
                MaxTasksPerDay = _options.MaxTasksPerDay,
                MaxTasksPerDayPerCaller = _options.MaxTasksPerDayPerCaller,
            };
        }
    }

    /// <summary>See <see cref="IMachineOwner.CallersAsync"/>.</summary>
    public async Task<IReadOnlyList<CallerStatus>> CallersAsync(int skip, int take)
    {
        IReadOnlyDictionary<string, int> spent = await _journal.SubmittedTodayByCallerAsync().ConfigureAwait(false);
        lock (_gate)
        {
            ILookup<string, Request> queued = _queue.InOrder().ToLookup(r => r.Caller, StringComparer.Ordinal);
            ILookup<string, Job> running = _started.Where(j => j.Payer is not null).ToLookup(j => j.Payer!.Caller, StringComparer.Ordinal);
            return
            [
                .. spent.Keys.Concat(queued.Select(q => q.Key)).Concat(running.Select(r => r.Key)).Distinct().Order(StringComparer.Ordinal)
                    .Skip(skip).Take(take).Select(c => new CallerStatus(c, queued[c].Count(), running[c].Count(), spent.GetValueOrDefault(c))),
            ];
        }
    }

    /// <summary>See <see cref="IMachineOwner.QueueAsync"/>.</summary>
    public IReadOnlyList<TaskStatusEntry> Queue(int skip, int take)
    {
        lock (_gate)
        {
            return
            [
                .. _started.Select(j => Entry(j, j.Payer)).OrderBy(e => e.Name, StringComparer.Ordinal)
                    .Concat(_queue.InOrder().DistinctBy(r => r.Job).Select(r => Entry(r.Job, r))).Skip(skip).Take(take),
            ];
        }

        static TaskStatusEntry Entry(Job job, Request? whose) =>
            new(job.Task.Key, job.Task.Name, job.State, whose?.Caller, whose?.Priority ?? 0, null, "");
    }

    /// <summary>See <see cref="IMachineOwner.TasksAsync"/>.</summary>
    public async Task<IReadOnlyList<TaskStatusEntry>> TasksAsync(JournalState state, int skip, int take) =>
    [
        .. (await _journal.ListInAsync(state).ConfigureAwait(false)).Skip(skip).Take(take)
            .Select(e => new TaskStatusEntry(e.Key, e.Name, e.State, null, 0, e.TaskId, e.Reason)),
    ];

    /// <summary>See <see cref="IMachineOwner.EndAsync"/>.</summary>
    public Task EndAsync(string key, JournalState state, string reason) => _journal.EndAsync(key, state, reason);

    private async Task LookAsync()
    {
        while (!_stop.IsCancellationRequested && !IsOver)
        {
            await Task.Delay(_options.LookInterval, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                Forget();
                await ContinueAsync().ConfigureAwait(false);
            }
            catch (CimException e)
            {
                MachineLog.LookFailed(_logger, _account, e.Message);
            }
        }
    }

    // A caller that is gone spends nothing more.
    private void Forget()
    {
        lock (_gate)
        {
            foreach (Request request in _jobs.Values.Where(j => !j.HasStarted).SelectMany(j => j.Requests).ToArray())
            {
                if (_time.GetElapsedTime(request.AskedAt) > _options.CallerTimeout)
                {
                    MachineLog.CallerGone(_logger, request.Caller, request.Job.Task.Name);
                    Drop(request);
                }
            }

            foreach (Guid id in _past.Where(p => _time.GetElapsedTime(p.Value.At) > _options.CallerTimeout).Select(p => p.Key).ToArray())
            {
                _past.Remove(id);
            }

            foreach (string key in _resting.Where(r => _time.GetElapsedTime(r.Value) > _rest).Select(r => r.Key).ToArray())
            {
                _resting.Remove(key);
            }
        }
    }

    // Tasks at the machine that another owner submitted, or whose answer did not come when it was asked for. Where to submit again is
    // to continue, that takes the matrix: then they go on when somebody asks.
    private async Task ContinueAsync()
    {
        if (_transport.SubmissionIsRepeatable)
        {
            return;
        }

        foreach (JournalEntry entry in await _journal.ListInAsync(JournalState.Running).ConfigureAwait(false))
        {
            lock (_gate)
            {
                if (!_jobs.ContainsKey(entry.Key) && !_resting.ContainsKey(entry.Key) && !_stop.IsCancellationRequested)
                {
                    Continue(entry);
                }
            }
        }
    }

    private Job Continue(JournalEntry entry, MachineRequest? request = null)
    {
        lock (_gate)
        {
            if (!_jobs.TryGetValue(entry.Key, out Job? job))
            {
                job = new Job(new MachineTask
                {
                    Key = entry.Key, Name = entry.Name, Machine = entry.Machine, Form = entry.Form, SpinCount = entry.SpinCount,
                })
                {
                    State = JournalState.Running,
                };
                _jobs[entry.Key] = job;
                Start(job, null);
            }

            if (request is not null)
            {
                Join(job, request);
            }

            return job;
        }
    }
}
