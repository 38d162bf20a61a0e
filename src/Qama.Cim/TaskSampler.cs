using System.Globalization;
using Microsoft.Extensions.Logging;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Problems;

namespace Qama.Cim;

/// <summary>Samples batches by tasks: the plan, the limits, the answers. Who takes the tasks to the machine is another's affair.</summary>
internal sealed class TaskSampler(ITaskDesk desk, CimSamplerOptions options, ILogger logger, TimeProvider time)
{
    private readonly Lock _gate = new();
    private CimStatistics _statistics = new();

    /// <summary>What was done so far.</summary>
    public CimStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _statistics with { Submissions = desk.Submissions };
            }
        }
    }

    /// <inheritdoc cref="CimSampler.PlanAsync"/>
    public async Task<CimPlan> PlanAsync(ProblemBatch problems, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(problems);
        CimPlan plan = await Task.Run(() => Plan(problems, cancellationToken), cancellationToken).ConfigureAwait(false);
        return plan with { Known = await desk.KnownAsync([.. plan.Tasks.Select(t => t.Task)], cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Fills a sample set from tasks: plan, limits, answers; throws as <see cref="CimSampler.SampleAsync"/>.</summary>
    public async Task SampleAsync(ProblemBatch problems, SampleSet result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(result);
        cancellationToken.ThrowIfCancellationRequested();
        problems.CheckBeforeSampling(result);
        if (result.Temperature is not null)
        {
            throw new NotSupportedException("The machine looks for low energies; it cannot draw at a given temperature.");
        }

        long start = time.GetTimestamp();
        CimPlan plan = await PlanAsync(problems, cancellationToken).ConfigureAwait(false);
        await CheckBudgetAsync(plan, cancellationToken).ConfigureAwait(false);
        JournalEntry[] entries = await RunAsync(plan, cancellationToken).ConfigureAwait(false);
        Answers.Write(problems, plan, entries, result);
        result.SamplingTime = time.GetElapsedTime(start);
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
                reduced[p] = problems.ToMachine(p, options.Machine.Limits, options.Precision, qubo);
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
            Tasks = [.. TaskPacker.Pack(reduced, options.Machine.Limits, options.Pack).Select(t => new PlannedTask(
                MachineTask.Of(t, options.Machine, options.Form, options.Repetition, options.NamePrefix), t))],
        };
    }

    // Before anything is spent: half a batch is of no use.
    private async Task CheckBudgetAsync(CimPlan plan, CancellationToken cancellationToken)
    {
        int needed = plan.Tasks.Select((t, i) => (t.Task.Key, Entry: plan.Known[i]))
            .DistinctBy(t => t.Key).Count(t => desk.WouldSubmit(t.Entry));
        if (options.MaxTasksPerRun is int perRun && needed > perRun - desk.Submissions)
        {
            throw new CimBudgetException(
                $"The batch needs {Submissions(needed)}; {perRun - desk.Submissions} of {perRun} a run are left. Nothing was submitted.");
        }

        foreach (DayLimit limit in needed > 0 ? await desk.LimitsAsync(cancellationToken).ConfigureAwait(false) : [])
        {
            int left = limit.Most - limit.Submitted;
            if (needed > left)
            {
                throw new CimBudgetException(
                    $"The batch needs {Submissions(needed)}; {Math.Max(0, left)} of {limit.Most} a day{limit.Whose} are left. Nothing was submitted.");
            }
        }
    }

    private static string Submissions(int count) => count == 1 ? "1 submission" : $"{count} submissions";

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
                JournalEntry entry = isReused
                    ? plan.Known[t]! : await desk.RunAsync(planned, Report, cancellationToken).ConfigureAwait(false);
                Report(entry.State);
                entries[t] = entry;
                if (entry.State != JournalState.Done)
                {
                    failures[t] = new TaskFailure(planned.Task.Name, planned.Task.Key, entry.State, entry.TaskId, Reason(entry), null);
                }
            }
            catch (CimException e) when (e is not CimJournalException)
            {
                JournalEntry? entry = await desk.FindAsync(planned.Task, cancellationToken).ConfigureAwait(false);
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
            options.Progress?.Report(change);
        }
        catch (Exception e)
        {
            // Whoever watches must not change what becomes of a task.
            logger.WatcherFailed(e, change.Task.Name);
        }
    }

    private string Describe(JournalEntry[] entries)
    {
        const int Shown = 8;
        string ids = string.Join(", ", entries.Take(Shown).Select(e => e.TaskId ?? e.Name));
        string more = entries.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {entries.Length - Shown} more") : "";
        return entries.Length == 0
            ? $"{options.Machine.Name}: every variable decided, no task"
            : $"{options.Machine.Name} over {desk.Transport}, tasks {ids}{more}";
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
