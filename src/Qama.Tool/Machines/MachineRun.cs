using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Formats;

namespace Qama.Tool.Machines;

/// <summary>What a machine answered.</summary>
/// <param name="Reads">Solutions of all tasks, in their order.</param>
/// <param name="Submitted">Submissions that were made.</param>
/// <param name="Seconds">Time until the last answer.</param>
internal sealed record MachineAnswers(IReadOnlyList<MachineRead> Reads, long Submitted, double Seconds);

/// <summary>Sends the tasks of a plan.</summary>
internal static class MachineRun
{
    /// <summary>Sends what the journal has no answer for, waits, and reads the solutions.</summary>
    /// <param name="problem">The file's problem.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="settings">Where to, and what may be spent.</param>
    /// <param name="told">Told after every change of a task; null for nobody.</param>
    /// <param name="stop">Ends it between two steps; a submission that has begun is brought to its end.</param>
    /// <exception cref="InvalidDataException">There are no credentials.</exception>
    /// <exception cref="IOException">An emulator cannot be started.</exception>
    /// <exception cref="CimException">A limit would be exceeded, or a task has no result; the journal has the others'.</exception>
    public static async Task<MachineAnswers> SendAsync(
        PlainProblem problem, MachinePlan plan, MachineSettings settings, IProgress<CimProgress>? told, CancellationToken stop)
    {
        CheckBudget(plan, settings);
        CimCredentials credentials = !settings.IsReal ? new CimCredentials("emulator", "emulator")
            : CimCredentials.Find() ?? throw new InvalidDataException(
                $"There are no credentials: set {CimCredentials.UserVariable} and {CimCredentials.CodeVariable}, "
                + $"or {CimCredentials.FileVariable}.");
        CimEmulator? emulator = settings.Machine == MachineSettings.Emulator
            ? await CimEmulator.StartAsync(new EmulatorOptions { Seed = (ulong)settings.Seed }).ConfigureAwait(false) : null;
        try
        {
            Uri? address = emulator?.Address ?? settings.Address;
            QbosonOptions options = address is null ? new() : new() { AuthAddress = address, TaskAddress = address };
            await using var transport = new QbosonTransport(options, credentials);
            await using CimJournal journal = CimJournal.Open(settings.Journal ?? ":memory:");
            try
            {
                return await SendAsync(problem, plan, settings, transport, journal, told, stop).ConfigureAwait(false);
            }
            finally
            {
                if (emulator is not null)
                {
                    await GiveUpAsync(plan, journal).ConfigureAwait(false);
                }
            }
        }
        catch (CimTasksException e)
        {
            throw new CimException(MachineFailure.Text(e, plan, settings), e);
        }
        finally
        {
            if (emulator is not null)
            {
                await emulator.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // Of the whole run: half of its tasks are of no use.
    private static void CheckBudget(MachinePlan plan, MachineSettings settings)
    {
        int needed = plan.Submissions(settings);
        if (needed > settings.MaxTasks)
        {
            throw new CimBudgetException(
                $"{Tasks(needed)} would be submitted, and --max-tasks allows {settings.MaxTasks}. Nothing was submitted.");
        }

        int? left = settings.MaxTasksPerDay is { } day ? Math.Max(0, day - plan.SubmittedToday) : null;
        if (needed > left)
        {
            throw new CimBudgetException(
                $"{Tasks(needed)} would be submitted, and --max-tasks-per-day {settings.MaxTasksPerDay} leaves {left} for today (UTC). "
                + "Nothing was submitted.");
        }
    }

    private static string Tasks(int count) => count == 1 ? "1 task" : $"{count} tasks";

    // An emulator of this process takes what it was sent along: no later run can ask for it. What ran before was another machine's.
    private static async Task GiveUpAsync(MachinePlan plan, CimJournal journal)
    {
        foreach (string key in plan.Tasks.SelectMany(p => p.Tasks).Select(t => t.Task.Key).Where(k => !plan.WasRunning(k)))
        {
            if (await journal.FindAsync(key).ConfigureAwait(false) is { State: JournalState.Running })
            {
                await journal.EndAsync(key, JournalState.Failed, MachineFailure.EmulatorEnded).ConfigureAwait(false);
            }
        }
    }

    private static async Task<MachineAnswers> SendAsync(
        PlainProblem problem, MachinePlan plan, MachineSettings settings, QbosonTransport transport, CimJournal journal,
        IProgress<CimProgress>? told, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        var (reads, submitted) = (new List<MachineRead>(), 0L);
        for (int k = 0; k < plan.Tasks.Count; k++)
        {
            var sampler = new CimSampler(transport, journal, new CimSamplerOptions
            {
                Machine = plan.Machine,
                Repetition = k,
                MaxTasksPerRun = settings.MaxTasks is { } most ? (int)Math.Max(0, most - submitted) : null,
                MaxTasksPerDay = settings.MaxTasksPerDay,
                ResubmitFailed = settings.Resubmit.Failed,
                ResubmitUnknown = settings.Resubmit.Unknown,
                PollInterval = TimeSpan.FromMilliseconds(settings.IsReal ? 2000 : 50),
                TaskTimeout = settings.Wait,
                Progress = told,
            }, NullLogger.Instance);
            var best = new SampleSet(1, 1, plan.Batch.VariableCount);
            await sampler.SampleAsync(plan.Batch, best, new SamplingKey(settings.Seed), stop).ConfigureAwait(false);
            submitted += sampler.Statistics.Submissions;
            JournalEntry? entry = plan.Tasks[k].Tasks is [var task, ..]
                ? await journal.FindAsync(task.Task.Key).ConfigureAwait(false) : null;
            reads.AddRange(MachineReads.Of(problem, plan.Tasks[k], entry));
        }

        return new(reads, submitted, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
