using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Transport;
using Qama.Problems;
using Qama.Tool.Formats;
using Qama.Tool.Solving;

namespace Qama.Tool.Machines;

/// <summary>The tasks that a file's problem would be: the dry run, which sends nothing and writes nothing.</summary>
/// <param name="Batch">The problem as the client takes it.</param>
/// <param name="Machine">The machine whose integers they are.</param>
/// <param name="Tasks">Of each task: the machine's integers, and what the journal knows of it. One without a task where every variable is
/// decided.</param>
/// <param name="SubmittedToday">Submissions of the journal today (UTC).</param>
internal sealed record MachinePlan(ProblemBatch Batch, CimMachine Machine, IReadOnlyList<CimPlan> Tasks, int SubmittedToday)
{
    private const int LargestSize = 8192;

    /// <summary>Tasks that would be submitted.</summary>
    /// <param name="settings">What is submitted again.</param>
    public int Submissions(MachineSettings settings) => Tasks.SelectMany(p => p.Known.Select(k => k?.State)).Count(
        s => s is null or JournalState.Prepared || (s == JournalState.Failed && settings.Resubmit.Failed)
            || (s == JournalState.Unknown && settings.Resubmit.Unknown));

    /// <summary>Whether a machine was at work on a task before the run.</summary>
    /// <param name="key">The task's key.</param>
    public bool WasRunning(string key) => Tasks.SelectMany(p => p.Known).Any(k => k?.State == JournalState.Running && k.Key == key);

    /// <summary>Plans the tasks.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="settings">Where to, and the journal, of which a copy is read.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="InvalidDataException">The problem has no variables, or more spins than the machine.</exception>
    /// <exception cref="CimException">The journal cannot be read.</exception>
    public static async Task<MachinePlan> CreateAsync(PlainProblem problem, MachineSettings settings, CancellationToken stop)
    {
        if (problem.Size is 0 or > LargestSize)
        {
            throw new InvalidDataException(
                problem.Size == 0 ? "The problem has no variables: there is nothing to send."
                    : $"The problem has {problem.Size} variables: machines take at most 1,000 spins. Try --sampler sa.");
        }

        ProblemBatch batch = Samplers.Batch(problem);
        CimJournal known = settings.Journal is { } path && File.Exists(path)
            ? await CimJournal.OpenSnapshotAsync(path, cancellationToken: stop).ConfigureAwait(false) : CimJournal.Open(":memory:");
        await using (known.ConfigureAwait(false))
        {
            CimMachine[] machines = [.. new[] { CimMachine.Cpqc550, CimMachine.Cpqc1000 }.Where(
                m => !settings.IsReal || m.Name == settings.Machine)];
            for (int m = 0; ; m++)
            {
                try
                {
                    return new(
                        batch, machines[m], await TasksAsync(batch, machines[m], settings, known, stop).ConfigureAwait(false),
                        await known.SubmittedTodayAsync().ConfigureAwait(false));
                }
                catch (ArgumentException) when (m + 1 < machines.Length)
                {
                    // The larger one may take it.
                }
                catch (ArgumentException e)
                {
                    throw new InvalidDataException($"{machines[m].Name}: {e.Message.Split(" (Parameter")[0]}", e);
                }
            }
        }
    }

    private static async Task<IReadOnlyList<CimPlan>> TasksAsync(
        ProblemBatch batch, CimMachine machine, MachineSettings settings, CimJournal known, CancellationToken stop)
    {
        List<CimPlan> tasks = [];
        await using var nowhere = new NoTransport();
        for (int k = 0; k < settings.Tasks; k++)
        {
            var sampler = new CimSampler(
                nowhere, known, new CimSamplerOptions { Machine = machine, Repetition = k }, NullLogger.Instance);
            tasks.Add(await sampler.PlanAsync(batch, stop).ConfigureAwait(false));
            if (tasks[^1].Tasks.Count == 0)
            {
                break; // decided: there is nothing to repeat
            }
        }

        return tasks;
    }

    private sealed class NoTransport : ICimTransport
    {
        public string Name => "nowhere";

        public ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken) =>
            throw new NotSupportedException("A plan submits nothing.");

        public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken) =>
            throw new NotSupportedException("A plan asks nothing.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
