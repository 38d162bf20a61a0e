using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim;

/// <summary>
/// A coherent Ising machine as a sampler: problems are reduced to its integers, packed into tasks, submitted once and
/// recorded; answers are validated and their energies computed anew from the original problems.
/// </summary>
/// <remarks>
/// May be used by several threads. The same problems are answered from the journal, unless
/// <see cref="CimSamplerOptions.Repetition"/> differs. The sampling key is not used: a machine has its own noise.
/// </remarks>
public sealed class CimSampler : ISampler
{
    private readonly CimJournal _journal;
    private readonly ICimTransport _transport;
    private readonly CimSamplerOptions _options;
    private readonly ILogger _logger;
    private readonly TaskRunner _runner;
    private readonly SharedRuns _shared = new();
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private CimStatistics _statistics = new();

    /// <summary>Creates a sampler; transport and journal stay the caller's to dispose.</summary>
    /// <param name="transport">The way to the machine.</param>
    /// <param name="journal">The record of what was sent.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="logger">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the computer's.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public CimSampler(
        ICimTransport transport, CimJournal journal, CimSamplerOptions? options = null, ILogger? logger = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(journal);
        options ??= new CimSamplerOptions();
        options.Check();
        (_transport, _journal, _options, _time) = (transport, journal, options, time ?? TimeProvider.System);
        _logger = logger ?? NullLogger.Instance;
        _runner = new TaskRunner(journal, transport, options, _logger, _time);
    }

    /// <inheritdoc/>
    public string Name => $"coherent Ising machine {_options.Machine.Name}";

    /// <summary>What this sampler has done so far.</summary>
    public CimStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _statistics with { Submissions = _runner.Submissions };
            }
        }
    }

    /// <summary>The dry run: what a batch would need, and what the journal knows of it. Nothing is sent or recorded.</summary>
    /// <exception cref="ArgumentException">A problem has a coefficient that is not finite, or exceeds the machine.</exception>
    /// <exception cref="CimJournalException">The journal cannot be read, or a task's line in it is damaged.</exception>
    public async Task<CimPlan> PlanAsync(ProblemBatch problems, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problems);
        CimPlan plan = await Task.Run(() => Plan(problems, cancellationToken), cancellationToken).ConfigureAwait(false);
        return plan with { Known = await Task.WhenAll(plan.Tasks.Select(t => _journal.KnownAsync(t.Task))).ConfigureAwait(false) };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a problem exceeds the machine.</exception>
    /// <exception cref="NotSupportedException">A temperature was asked for: the machine has none to set.</exception>
    /// <exception cref="CimBudgetException">The batch would exceed a limit; nothing of it was submitted.</exception>
    /// <exception cref="CimTasksException">Some tasks have no result.</exception>
    /// <exception cref="CimJournalException">The journal cannot be used.</exception>
    public async ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(result);
        cancellationToken.ThrowIfCancellationRequested();
        problems.CheckBeforeSampling(result);
        if (result.Temperature is not null)
        {
            throw new NotSupportedException("The machine looks for low energies; it cannot draw at a given temperature.");
        }

        long start = _time.GetTimestamp();
        CimPlan plan = await PlanAsync(problems, cancellationToken).ConfigureAwait(false);
        await CheckBudgetAsync(plan).ConfigureAwait(false);
        JournalEntry[] entries = await RunAsync(plan, cancellationToken).ConfigureAwait(false);
        Answers.Write(problems, plan, entries, result);
        result.SamplingTime = _time.GetElapsedTime(start);
        result.Provenance = Describe(entries);
        Count(plan);
    }

    private CimPlan Plan(ProblemBatch problems, CancellationToken cancellationToken)
    {
        var reduced = new MachineProblem[problems.Count];
        int size = problems.VariableCount + problems.SlackCount;
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, problems.Count, parallel, () => new QuboMatrix(size), (p, _, qubo) =>
            {
                reduced[p] = problems.ToMachine(p, _options.Machine.Limits, _options.Precision, qubo);
                return qubo;
            }, _ => { });
        }
        catch (AggregateException e)
        {
            throw e.InnerExceptions[0] is ArgumentException first ? new ArgumentException(first.Message, nameof(problems), first) : e;
        }

        return new CimPlan
        {
            Problems = reduced,
            Tasks = [.. TaskPacker.Pack(reduced, _options.Machine.Limits, _options.Pack).Select(t => new PlannedTask(
                MachineTask.Of(t, _options.Machine, _options.Form, _options.Repetition, _options.NamePrefix), t))],
        };
    }

    // Before anything is spent: half a batch is of no use.
    private async Task CheckBudgetAsync(CimPlan plan)
    {
        int needed = plan.Tasks.Select((t, i) => (t.Task.Key, Entry: plan.Known[i]))
            .DistinctBy(t => t.Key).Count(t => _runner.WouldSubmit(t.Entry));
        if (_options.MaxTasksPerRun is int perRun && needed > perRun - _runner.Submissions)
        {
            throw new CimBudgetException(
                $"The batch needs {needed} submissions; {perRun - _runner.Submissions} of {perRun} a run are left. Nothing was submitted.");
        }

        if (_options.MaxTasksPerDay is int perDay && needed > 0)
        {
            int left = perDay - await _journal.SubmittedTodayAsync().ConfigureAwait(false);
            if (needed > left)
            {
                throw new CimBudgetException(
                    $"The batch needs {needed} submissions; {Math.Max(0, left)} of {perDay} a day are left. Nothing was submitted.");
            }
        }
    }

    private async Task<JournalEntry[]> RunAsync(CimPlan plan, CancellationToken cancellationToken)
    {
        var entries = new JournalEntry?[plan.Tasks.Count];
        var failures = new TaskFailure?[plan.Tasks.Count];
        await Task.WhenAll(Enumerable.Range(0, plan.Tasks.Count).Select(OneAsync)).ConfigureAwait(false);
        TaskFailure[] failed = [.. failures.OfType<TaskFailure>()];
        return failed.Length == 0 ? [.. entries.OfType<JournalEntry>()] : throw new CimTasksException(failed, plan.Tasks.Count);

        async Task OneAsync(int t)
        {
            PlannedTask planned = plan.Tasks[t];
            bool isReused = plan.Known[t]?.State == JournalState.Done;
            void Report(JournalState state) => Tell(new CimProgress(planned.Task, t, plan.Tasks.Count, state, isReused));
            try
            {
                JournalEntry entry = isReused ? plan.Known[t]! : await _shared.JoinAsync(
                    planned.Task.Key, stop => _runner.RunAsync(planned, Report, stop), cancellationToken).ConfigureAwait(false);
                Report(entry.State);
                entries[t] = entry;
                if (entry.State != JournalState.Done)
                {
                    failures[t] = new TaskFailure(planned.Task.Name, planned.Task.Key, entry.State, entry.TaskId, Reason(entry), null);
                }
            }
            catch (CimException e) when (e is not CimJournalException)
            {
                JournalEntry? entry = await _journal.FindAsync(planned.Task.Key).ConfigureAwait(false);
                failures[t] = new TaskFailure(
                    planned.Task.Name, planned.Task.Key, entry?.State ?? JournalState.Prepared, entry?.TaskId, e.Message, e);
                Report(failures[t]!.State);
            }
        }
    }

    private static string Reason(JournalEntry entry) =>
        entry.State == JournalState.Submitted ? "another sampler is submitting it" : entry.Reason;

    private void Tell(CimProgress change)
    {
        try
        {
            _options.Progress?.Report(change);
        }
        catch (Exception e)
        {
            // Whoever watches must not change what becomes of a task.
            _logger.WatcherFailed(e, change.Task.Name);
        }
    }

    private string Describe(JournalEntry[] entries)
    {
        const int Shown = 8;
        string ids = string.Join(", ", entries.Take(Shown).Select(e => e.TaskId ?? e.Name));
        string more = entries.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {entries.Length - Shown} more") : "";
        return entries.Length == 0
            ? $"{_options.Machine.Name}: every variable decided, no task"
            : $"{_options.Machine.Name} over {_transport.Name}, tasks {ids}{more}";
    }

    private void Count(CimPlan plan)
    {
        lock (_gate)
        {
            CimStatistics s = _statistics;
            _statistics = s with
            {
                Problems = s.Problems + plan.Problems.Count,
                ProblemsWithoutTask = s.ProblemsWithoutTask + plan.Problems.Count(p => p.SpinCount == 0),
                Tasks = s.Tasks + plan.Tasks.Count,
                TasksReused = s.TasksReused + plan.Known.Count(k => k?.State == JournalState.Done),
                TasksSaved = s.TasksSaved + plan.TasksSaved,
                Variables = s.Variables + plan.Problems.Sum(p => (long)p.Report.Variables),
                FixedVariables = s.FixedVariables + plan.Problems.Sum(p => (long)p.Report.FixedVariables),
                Terms = s.Terms + plan.Problems.Sum(p => (long)p.Report.Terms),
                TermsRoundedToZero = s.TermsRoundedToZero + plan.Problems.Sum(p => (long)p.Report.RoundedToZero),
            };
        }
    }
}
